import { matchesEntry } from '../filter/matches.js';
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { toEqualityKey } from '../resource/equal.js';
import {
  isPrimary,
  readAttributeValue,
  readParts,
  refuseTwoPrimaries,
} from '../resource/read-value.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { badRequest } from '../scim-error.js';
import { asEntry, changePart, mergeParts, readNewParts } from './change-entry.js';
import { EntryIndex } from './entry-index.js';
import type { PatchOp } from './patch-operation.js';
import type { AttributeTarget } from './patch-target.js';
import { findFacts, withoutListed } from './vendor-paths.js';

/**
 * What an operation makes of a multi-valued attribute's entries. Entries that it does not touch
 * come back as the same objects, which is how a newly set `primary` is told from one that stood
 * there before.
 * @throws ScimError noTarget, mutability, invalidValue
 */
export function changeEntries(
  before: readonly Json[],
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): readonly Json[] {
  const after = target.filter
    ? changeChosen(before, target, op, value)
    : target.ref.subAttribute
      ? changeEvery(before, target.ref, op, value)
      : changeAll(before, target.ref, op, value);
  return settlePrimary(before, after, target.ref);
}

/** A path without a filter or sub-attribute: the list as a whole. */
function changeAll(
  before: readonly Json[],
  ref: AttributeRef,
  op: PatchOp,
  value: Json | undefined,
): readonly Json[] {
  if (op === 'remove') {
    return value === undefined || value === null ? [] : withoutListed(before, value, ref);
  }
  const given = readAttributeValue(ref.attribute, value ?? null, ref.path);
  const entries = isJsonList(given) ? given : [];
  return op === 'replace' ? entries : appendEntries(before, entries, ref);
}

/**
 * `emails.value`: the sub-attribute of every entry (RFC 7644 §3.5.2.3); the first one is made if
 * need be.
 */
function changeEvery(
  before: readonly Json[],
  ref: AttributeRef,
  op: PatchOp,
  value: Json | undefined,
): readonly Json[] {
  const part = ref.subAttribute;
  if (!part) return before;
  const entries = before.length === 0 && op !== 'remove' ? [{}] : before;
  const given = op === 'remove' ? undefined : value;
  const after = entries
    .map((entry) => changePart(asEntry(entry), part, given, ref) ?? {})
    .filter((entry) => Object.keys(entry).length > 0);
  refuseTwoPrimaries(after, ref.path);
  return after;
}

/** A path with a filter: the entries that meet it. */
function changeChosen(
  before: readonly Json[],
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): readonly Json[] {
  const { ref, filter } = target;
  const isChosen = before.map((entry) => filter !== undefined && matchesEntry(filter, entry));
  if (!isChosen.includes(true)) {
    if (op === 'remove') return before;
    const entry = makeChosen(target, op, value ?? null);
    return entry ? [...before, entry] : before;
  }
  return before.flatMap((entry, index) => {
    if (!isChosen[index]) return [entry];
    return changeOne(asEntry(entry), ref, op, value) ?? [];
  });
}

function changeOne(
  entry: JsonObject,
  ref: AttributeRef,
  op: PatchOp,
  value: Json | undefined,
): JsonObject | undefined {
  const given = op === 'remove' ? undefined : value;
  if (ref.subAttribute) return changePart(entry, ref.subAttribute, given, ref);
  if (op === 'remove') return undefined;
  if (op === 'add')
    return mergeParts(entry, readParts(ref.attribute, value ?? null, ref.path), ref);
  return readReplacement(entry, ref, value ?? null);
}

/**
 * `replace attr[filter]` puts another entry in the place (RFC 7644 §3.5.2.3), unless entries are
 * immutable.
 */
function readReplacement(
  entry: JsonObject,
  ref: AttributeRef,
  value: Json,
): JsonObject | undefined {
  const read = readAttributeValue(ref.attribute, value, ref.path);
  if (read === undefined) return undefined;
  const [next, ...rest] = isJsonList(read) ? read : [read];
  if (!isJsonObject(next) || rest.length > 0) {
    throw badRequest('invalidValue', `${ref.path}[…] needs one entry as its value.`);
  }
  const fixed = (ref.attribute.subAttributes ?? []).filter(
    (part) => part.mutability === 'immutable',
  );
  mergeParts(entry, new Map(fixed.map(({ name }) => [name, ownValue(next, name)])), ref);
  return toEqualityKey(next) === toEqualityKey(entry) ? entry : next;
}

/**
 * The entry that is made when a filter chose none: what the filter demands, and the operation's
 * value. A whole entry is only made by `add`; `replace` wants something to replace (RFC 7644
 * §3.5.2.3).
 * @throws ScimError noTarget
 */
function makeChosen(target: AttributeTarget, op: PatchOp, value: Json): JsonObject | undefined {
  const { ref, filter } = target;
  const facts = filter && findFacts(filter);
  if (!facts || (op === 'replace' && !ref.subAttribute)) {
    throw badRequest('noTarget', `No entry of ${ref.attribute.name} meets the filter.`);
  }
  const given = ref.subAttribute ? { [ref.subAttribute.name]: value } : value;
  if (ref.subAttribute?.mutability === 'readOnly')
    return changePart({}, ref.subAttribute, value, ref);

  const where = ref.attribute.name;
  const parts = readParts(ref.attribute, given, where);
  if ([...parts.values()].every((part) => part === undefined)) return undefined;
  return mergeParts(mergeParts({}, readParts(ref.attribute, facts, where), ref) ?? {}, parts, ref);
}

/**
 * Adds what is not there yet (RFC 7644 §3.5.2.1). An added entry that repeats an existing one sets
 * that one's other sub-attributes.
 */
function appendEntries(
  before: readonly Json[],
  added: readonly Json[],
  ref: AttributeRef,
): readonly Json[] {
  const entries = [...before];
  const index = new EntryIndex(before);
  for (const entry of added) {
    const place = index.find(entry);
    const existing = place === undefined ? undefined : entries[place];
    if (place === undefined || existing === undefined) {
      index.note(entry, entries.length);
      entries.push(entry);
    } else if (isJsonObject(existing)) {
      const merged = mergeParts(existing, readNewParts(existing, entry, ref), ref) ?? existing;
      index.renote(existing, merged, place);
      entries[place] = merged;
    }
  }
  return entries;
}

/** A newly set `primary` takes it from the others in the same step (RFC 7644 §3.5.2). */
function settlePrimary(
  before: readonly Json[],
  after: readonly Json[],
  ref: AttributeRef,
): readonly Json[] {
  if (after.filter(isPrimary).length < 2) return after;
  const old = new Set(before.filter(isPrimary));
  const fresh = new Set(after.filter((entry) => isPrimary(entry) && !old.has(entry)));
  if (fresh.size === 0) return after;
  refuseTwoPrimaries([...fresh], ref.path);
  return after.map((entry) =>
    isJsonObject(entry) && ownValue(entry, 'primary') === true && !fresh.has(entry)
      ? { ...entry, primary: false }
      : entry,
  );
}
