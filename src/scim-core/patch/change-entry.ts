import { isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual } from '../resource/equal.js';
import { readAttributeValue, readParts } from '../resource/read-value.js';
import type { AttributeSchema } from '../schema/attribute.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, type ScimError } from '../scim-error.js';

/** What becomes of sub-attributes: a new value, or undefined for unassigned. */
export type Parts = ReadonlyMap<string, Json | undefined>;

export function mutabilityError(path: string, why: string): ScimError {
  return badRequest('mutability', `${path} ${why}.`);
}

/**
 * Sets the given sub-attributes and keeps the others (RFC 7644 §3.5.2.1, §3.5.2.3). The very same
 * entry comes back when nothing changes; undefined when nothing is left.
 * @throws ScimError mutability, for an immutable sub-attribute that has another value
 */
export function mergeParts(
  entry: JsonObject,
  parts: Parts,
  ref: AttributeRef,
): JsonObject | undefined {
  const next: Record<string, Json> = { ...entry };
  let isChanged = false;
  for (const subAttribute of ref.attribute.subAttributes ?? []) {
    const { name } = subAttribute;
    if (!parts.has(name)) continue;
    const before = ownValue(entry, name);
    const after = parts.get(name);
    if (deepEqual(before, after)) continue;
    if (subAttribute.mutability === 'immutable' && before !== undefined) {
      throw mutabilityError(`${ref.attribute.name}.${name}`, 'can not be changed once it is set');
    }
    isChanged = true;
    if (after === undefined) delete next[name];
    else next[name] = after;
  }
  if (!isChanged) return entry;
  if (parts.has('value')) dropStale(next, entry, parts, ref.attribute);
  return Object.keys(next).length === 0 ? undefined : next;
}

/**
 * Changes one sub-attribute of an entry, from the raw value of an operation. Undefined when nothing
 * is left, or when the entry of a list loses its `value`: its type, display and primary are labels
 * of nothing then. Entra ID empties numbers so (entra/clear-attributes.json).
 * @throws ScimError mutability or invalidValue
 */
export function changePart(
  entry: JsonObject,
  subAttribute: AttributeSchema,
  value: Json | undefined,
  ref: AttributeRef,
): JsonObject | undefined {
  const before = ownValue(entry, subAttribute.name);
  if (subAttribute.mutability === 'readOnly') {
    if (value !== undefined && deepEqual(before, value)) return entry;
    throw mutabilityError(ref.path, 'is readOnly');
  }
  const after = value === undefined ? undefined : readAttributeValue(subAttribute, value, ref.path);
  // Where there is nothing, nothing is taken away.
  if (after === undefined && before !== undefined && subAttribute.required)
    throw mutabilityError(ref.path, 'is required');

  const next = mergeParts(entry, new Map([[subAttribute.name, after]]), ref);
  const isEmptied = subAttribute.name === 'value' && after === undefined && next !== entry;
  return isEmptied && ref.attribute.multiValued ? undefined : next;
}

/**
 * An entry that has a value keeps one, or goes as a whole.
 * @throws ScimError invalidValue, for a change that would leave the rest of it
 */
export function refuseLostValue(
  before: JsonObject,
  after: JsonObject | undefined,
  ref: AttributeRef,
): void {
  if (!after || !Object.hasOwn(before, 'value') || Object.hasOwn(after, 'value')) return;
  throw badRequest('invalidValue', `An entry of ${ref.path} would be left without its value.`);
}

/**
 * The parts that the value of an operation sets, without those that an existing entry may not
 * change: adding a member that is there, with another display, is no fault but an addition of
 * nothing (JumpCloud repeats them).
 */
export function readNewParts(entry: JsonObject, value: Json, ref: AttributeRef): Parts {
  const parts = readParts(ref.attribute, value, ref.path);
  const settled = (ref.attribute.subAttributes ?? []).filter(
    ({ name, mutability }) => mutability === 'immutable' && ownValue(entry, name) !== undefined,
  );
  const names = new Set(settled.map(({ name }) => name));
  return new Map([...parts].filter(([name]) => !names.has(name)));
}

/** An entry as an object; anything else that was stored counts as an empty one. */
export function asEntry(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/**
 * `$ref` and what the server derives (a manager's displayName) describe the old `value`: when that
 * changes and the client does not say what they become, they go.
 */
function dropStale(
  next: Record<string, Json>,
  before: JsonObject,
  parts: Parts,
  attribute: AttributeSchema,
): void {
  if (deepEqual(ownValue(before, 'value'), next.value)) return;
  for (const { name, mutability } of attribute.subAttributes ?? []) {
    if ((name === '$ref' || mutability === 'readOnly') && !parts.has(name)) delete next[name];
  }
}
