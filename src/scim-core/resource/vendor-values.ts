import { isJsonList, type Json, type JsonObject } from '../json.js';
import { findSubAttribute, type AttributeSchema } from '../schema/attribute.js';

/**
 * Entra ID, without its `aadOptscim062020` flag, writes Booleans as text: "True" and "False".
 * Nothing else counts as a Boolean, so that a typing error never reads as true.
 *
 * Recorded in entra/booleans-as-text.json.
 */
export function findBooleanText(value: Json): boolean | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/**
 * A bare text where an object belongs stands for the object's `value`: Entra sends `"manager":
 * "<id>"`, and FusionAuth's clients send roles and entitlements as plain strings. Undefined where
 * there is no `value`.
 *
 * Recorded in entra/manager.json.
 */
export function findEntryOfText(attribute: AttributeSchema, value: Json): JsonObject | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return findSubAttribute(attribute, 'value') ? { value } : undefined;
}

/**
 * Okta and OneLogin send an empty text for what a person does not have (`"middleName": ""`, also in
 * a PUT of what they read). It counts as unassigned, like null and the empty list (RFC 7643 §2.5) -
 * but not for a Boolean, where "" is more likely a fault than a wish, or a number.
 *
 * Recorded in okta/profile-put.json and onelogin/empty-texts.json.
 */
export function isEmptyText(attribute: AttributeSchema, value: Json): boolean {
  if (value !== '') return false;
  return (
    attribute.type !== 'boolean' && attribute.type !== 'integer' && attribute.type !== 'decimal'
  );
}

/**
 * Whether a PATCH value says that there is to be nothing: null, an empty list (RFC 7643 §2.5), or
 * the empty text that Entra ID clears a manager with.
 *
 * Recorded in entra/manager.json and entra/clear-attributes.json.
 */
export function isUnassigned(
  value: Json | undefined,
): value is null | '' | readonly [] | undefined {
  if (value === undefined || value === null || value === '') return true;
  return isJsonList(value) && value.length === 0;
}

/**
 * What is left of `{"type": "work", "primary": true, "value": ""}` when its value is taken away:
 * labels of nothing. OneLogin sends such entries for numbers that a person does not have, and Entra
 * empties them with a PATCH of the value; they go as a whole. An entry that never had a value is
 * none of this rule's business.
 *
 * Recorded in onelogin/empty-texts.json and entra/clear-attributes.json.
 */
export function isOnlyLabels(attribute: AttributeSchema, entry: JsonObject): boolean {
  if (!attribute.multiValued || !findSubAttribute(attribute, 'value')) return false;
  return Object.keys(entry).every((name) => name === 'type' || name === 'primary');
}
