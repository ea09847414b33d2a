import type { BoundFilter } from '../filter/bound-filter.js';
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { toEqualityKey } from '../resource/equal.js';
import { readAttributeValue } from '../resource/read-value.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { findEntryOfText } from '../resource/vendor-values.js';

/**
 * Entra ID adds to - and its validator replaces in - `emails[type eq "work"].value` when no such
 * entry exists, and expects it to be made with that type, so that its next operation finds it. What
 * a conjunction of `eq` demands is what the new entry gets; any other filter does not say what to
 * make: undefined.
 *
 * Recorded in entra/add-missing-entries.json and entra/validator-replace-missing.json.
 */
export function findFacts(filter: BoundFilter): JsonObject | undefined {
  if (filter.kind === 'compare') {
    const part = filter.ref.subAttribute;
    return part && filter.operator === 'eq' ? { [part.name]: filter.literal } : undefined;
  }
  if (filter.kind !== 'and') return undefined;
  const facts = filter.filters.map(findFacts);
  return facts.every((fact) => fact !== undefined) ? Object.assign({}, ...facts) : undefined;
}

/**
 * Entra ID and authentik remove with a list of values, `{"op": "remove", "path": "members",
 * "value": [{"value": "<id>"}]}`, and mean those entries only, where the RFC by the letter would
 * remove them all. An entry is meant by its `value`, and by its `type` if one is given; `display`
 * and `$ref` do not count. Where there is no `value`, as in an address, the whole entry must be
 * equal.
 *
 * Recorded in entra/change-members.json and authentik/member-chunks.json.
 */
export function withoutListed(
  entries: readonly Json[],
  listed: Json,
  ref: AttributeRef,
): readonly Json[] {
  const keys = new Set(listedEntries(listed, ref).map(toListedKey));
  return entries.filter((entry) => {
    const value = isJsonObject(entry) ? ownValue(entry, 'value') : undefined;
    if (value === undefined || !isJsonObject(entry)) return !keys.has(toEqualityKey(entry));
    return !keys.has(toListedKey(entry)) && !keys.has(toListedKey({ value }));
  });
}

function toListedKey(entry: Json): string {
  if (!isJsonObject(entry) || !Object.hasOwn(entry, 'value')) return toEqualityKey(entry);
  const { value = null, type = null } = entry;
  return toEqualityKey({ value, type });
}

/**
 * A single object or a bare text is a list of one. Names take the schema's spelling, so `Value` is
 * known too.
 */
function listedEntries(listed: Json, ref: AttributeRef): readonly Json[] {
  const items = isJsonList(listed) ? listed : [listed];
  return items.flatMap((item) => {
    const entry = findEntryOfText(ref.attribute, item) ?? item;
    const read = readAttributeValue(ref.attribute, entry, ref.path);
    return isJsonList(read) ? read : [];
  });
}
