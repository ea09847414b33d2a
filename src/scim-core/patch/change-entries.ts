import { matchesEntry } from '../filter/matches.js';
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual, toEqualityKey } from '../resource/equal.js';
import { mergeEntries } from '../resource/merge-entries.js';
import { readAttributeValue, readParts, refuseTwoPrimaries } from '../resource/read-value.js';
import { isUnassigned } from '../resource/vendor-values.js';
import type { AttributeSchema } from '../schema/attribute.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, type ScimError } from '../scim-error.js';
import { asEntry, changePart, mergeParts, readNewParts, refuseLostValue } from './change-entry.js';
import { EntryIndex } from './entry-index.js';
import type { PatchOp } from './patch-operation.js';
import type { AttributeTarget } from './patch-target.js';
import { settlePrimary } from './primary-entry.js';
import { otherValue, withoutListed } from './removed-values.js';
import { findFacts } from './vendor-paths.js';

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
  return settlePrimary(before, mergeEntries(after), target);
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
  if (op === 'remove' && !isUnassigned(value)) return removeEqualParts(before, part, value, ref);
  const entries = before.length === 0 && op !== 'remove' ? [{}] : before;
  const given = op === 'remove' ? undefined : value;
  const after = entries
    .map((entry) => changePart(asEntry(entry), part, given, ref) ?? {})
    .filter((entry) => Object.keys(entry).length > 0);
  refuseTwoPrimaries(mergeEntries(after), ref.path);
  return after;
}

/** `remove emails.display` with a value: of the entries that have this one (see `removed-values.ts`). */
function removeEqualParts(
  before: readonly Json[],
  part: AttributeSchema,
  value: Json,
  ref: AttributeRef,
): readonly Json[] {
  const given = readAttributeValue(part, value, ref.path);
  const isMeant = before.map((entry) => deepEqual(ownValue(asEntry(entry), part.name), given));
  const hasPart = before.some((entry) => Object.hasOwn(asEntry(entry), part.name));
  if (hasPart && !isMeant.includes(true)) throw otherValue(ref.path);
  return before.flatMap((entry, index) =>
    isMeant[index] ? (changePart(asEntry(entry), part, undefined, ref) ?? []) : [entry],
  );
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
  const changed = before.flatMap((entry, index) => {
    if (!isChosen[index]) return [{ entry, isChosen: false }];
    const after = changeOne(asEntry(entry), ref, op, value);
    return after ? [{ entry: after, isChosen: true }] : [];
  });
  const chosen = changed.flatMap(({ entry, isChosen: isOne }) => (isOne ? [entry] : []));
  refuseTwoPrimaries(mergeEntries(chosen), ref.path);
  return changed.map(({ entry }) => entry);
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
  const after =
    op === 'add'
      ? mergeParts(entry, readParts(ref.attribute, value ?? null, ref.path), ref)
      : readReplacement(entry, ref, value ?? null);
  refuseLostValue(entry, after, ref);
  return after;
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
 * value. It must meet the filter then, or the next operation would not find it. A whole entry is
 * only made by `add`; `replace` wants something to replace (RFC 7644 §3.5.2.3).
 * @throws ScimError noTarget
 */
function makeChosen(target: AttributeTarget, op: PatchOp, value: Json): JsonObject | undefined {
  const { ref, filter } = target;
  const facts = filter && findFacts(filter);
  if (!facts || (op === 'replace' && !ref.subAttribute)) throw noChosen(ref);
  const given = ref.subAttribute ? { [ref.subAttribute.name]: value } : value;
  if (ref.subAttribute?.mutability === 'readOnly')
    return changePart({}, ref.subAttribute, value, ref);

  const where = ref.attribute.name;
  const parts = readParts(ref.attribute, given, where);
  if ([...parts.values()].every((part) => part === undefined)) return undefined;
  const start = mergeParts({}, readParts(ref.attribute, facts, where), ref) ?? {};
  const entry = mergeParts(start, parts, ref);
  if (entry && !matchesEntry(filter, entry)) throw noChosen(ref);
  return entry;
}

function noChosen({ attribute }: AttributeRef): ScimError {
  return badRequest('noTarget', `No entry of ${attribute.name} meets the filter.`);
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
