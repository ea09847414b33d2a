import { isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual, toEqualityKey } from './equal.js';

/**
 * The entries of a multi-valued attribute, each once (RFC 7643 §2.4). Two are the same by `value`
 * and `type`; without a value, as an address, by all but `primary`. The first one keeps its place
 * and takes what a later one says besides. It is the primary one when either was: which of the two
 * stood first must not decide whether a person has a primary address. An entry that takes nothing on comes
 * back as the same object.
 */
export function mergeEntries(entries: readonly Json[]): readonly Json[] {
  const merged = new Map<string, Json>();
  for (const entry of entries) {
    const key = toEntryKey(entry);
    const known = merged.get(key);
    merged.set(
      key,
      isJsonObject(known) && isJsonObject(entry) ? mergeTwo(known, entry) : (known ?? entry),
    );
  }
  return [...merged.values()];
}

function mergeTwo(known: JsonObject, entry: JsonObject): JsonObject {
  const isPrimary = ownValue(known, 'primary') === true || ownValue(entry, 'primary') === true;
  const merged = { ...known, ...entry, ...(isPrimary ? { primary: true } : {}) };
  return deepEqual(merged, known) ? known : merged;
}

function toEntryKey(entry: Json): string {
  if (!isJsonObject(entry)) return toEqualityKey(entry);
  if (!Object.hasOwn(entry, 'value')) return toEqualityKey({ ...entry, primary: null });
  return toEqualityKey([entry.value ?? null, entry.type ?? null]);
}
