import { isJsonList, isJsonObject, ownValue, type Json } from '../json.js';
import { deepEqual, toEqualityKey } from '../resource/equal.js';
import { readAttributeValue, readParts } from '../resource/read-value.js';
import { findEntryOfText, isUnassigned } from '../resource/vendor-values.js';
import { findSubAttribute, type AttributeSchema } from '../schema/attribute.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, type ScimError } from '../scim-error.js';
import { unwrapOne } from './vendor-bodies.js';

/**
 * Entra ID and authentik remove with a list of values, `{"op": "remove", "path": "members",
 * "value": [{"value": "<id>"}]}`, and mean those entries only, where the RFC by the letter would
 * remove them all. An entry is meant by its `value`, and by its `type` if one is given; `display`
 * and `$ref` do not count. Where there is no `value`, as in an address, the whole entry must be
 * equal.
 *
 * Recorded in entra/change-members.json and authentik/member-chunks.json.
 * @throws ScimError invalidValue, for what is no entry or names none
 */
export function withoutListed(
  entries: readonly Json[],
  listed: Json,
  ref: AttributeRef,
): readonly Json[] {
  const meant = readListed(listed, ref);
  const keys = new Set(meant.map(toListedKey));
  const stored = new Set(entries.map(toEqualityKey));
  const vague = meant.find(
    (entry) => !namesEntry(entry, ref.attribute) && !stored.has(toEqualityKey(entry)),
  );
  if (vague !== undefined) throw noEntry(ref);
  return entries.filter((entry) => {
    const value = isJsonObject(entry) ? ownValue(entry, 'value') : undefined;
    if (value === undefined || !isJsonObject(entry)) return !keys.has(toEqualityKey(entry));
    return !keys.has(toListedKey(entry)) && !keys.has(toListedKey({ value }));
  });
}

/**
 * The entries that a `remove` lists. A single object or a bare text is a list of one, and a list of
 * none removes none. Names take the schema's spelling, so `Value` is known too.
 * @throws ScimError invalidValue, for an item that is no entry: the operation would do nothing and
 * the client would not know
 */
export function readListed(listed: Json, ref: AttributeRef): readonly Json[] {
  const items = isJsonList(listed) ? listed : [listed];
  return items.map((item) => {
    if (isJsonList(item)) throw noEntry(ref);
    const entry = findEntryOfText(ref.attribute, item) ?? item;
    const read = readAttributeValue(ref.attribute, entry, ref.path);
    const [one] = isJsonList(read) ? read : [];
    if (one === undefined) throw noEntry(ref);
    return one;
  });
}

/**
 * A `remove` of all attributes of a schema may have their object beside it, as it is stored. Anything else names something
 * smaller than what would go.
 * @throws ScimError invalidValue
 */
export function refuseOtherObject(
  before: Json | undefined,
  value: Json | undefined,
  where: string,
): void {
  const given = unwrapOne(value);
  if (before === undefined || given === undefined || isUnassigned(given)) return;
  if (!deepEqual(before, given)) throw otherValue(where);
}

/** The refusal of a `remove` whose value names no entry of the attribute. */
export function noEntry({ path, attribute }: AttributeRef): ScimError {
  const wanted = findSubAttribute(attribute, 'value')
    ? `name entries by their "value"`
    : 'be whole entries';
  return badRequest(
    'invalidValue',
    `The value beside "remove" must ${wanted}, as ${path} has them.`,
  );
}

/**
 * A value beside the `remove` of a single-valued attribute says what goes. Another one than the
 * stored is a misunderstanding: the RFC by the letter would remove what the client never saw. Null
 * and what is empty say nothing.
 * @throws ScimError invalidValue, also for a value of the wrong type
 */
export function refuseOtherValue(
  before: Json | undefined,
  value: Json | undefined,
  attribute: AttributeSchema,
  where: string,
): void {
  if (isUnassigned(value)) return;
  const isSame =
    attribute.type === 'complex'
      ? isSameEntry(before, value, attribute, where)
      : deepEqual(before, readAttributeValue(attribute, value, where));
  if (before !== undefined && !isSame) throw otherValue(where);
}

/** The refusal of a `remove` whose value is not the stored one. */
export function otherValue(where: string): ScimError {
  return badRequest(
    'invalidValue',
    `The value beside "remove" is not that of ${where}: leave it out, or send the present one.`,
  );
}

function isSameEntry(
  before: Json | undefined,
  value: Json,
  attribute: AttributeSchema,
  where: string,
): boolean {
  const parts = readParts(attribute, value, where);
  const entry = isJsonObject(before) ? before : {};
  const named = parts.has('value') ? ['value'] : [...parts.keys()];
  return (
    named.length > 0 && named.every((name) => deepEqual(ownValue(entry, name), parts.get(name)))
  );
}

/** Whether an entry says which one it is, and not only how such entries are labelled. */
function namesEntry(entry: Json, attribute: AttributeSchema): boolean {
  if (!isJsonObject(entry)) return true;
  if (findSubAttribute(attribute, 'value')) return Object.hasOwn(entry, 'value');
  return Object.keys(entry).some((name) => name !== 'type' && name !== 'primary');
}

function toListedKey(entry: Json): string {
  if (!isJsonObject(entry) || !Object.hasOwn(entry, 'value')) return toEqualityKey(entry);
  const { value = null, type = null } = entry;
  return toEqualityKey({ value, type });
}
