import { matchesEntry } from '../filter/matches.js';
import { isJsonList, isJsonObject, ownValue, type Json } from '../json.js';
import { deepEqual } from '../resource/equal.js';
import { isMissing, readAttributeValue, readParts } from '../resource/read-value.js';
import { isEmptyText } from '../resource/vendor-values.js';
import { badRequest } from '../scim-error.js';
import { changeEntries } from './change-entries.js';
import { asEntry, changePart, mergeParts, mutabilityError } from './change-entry.js';
import type { PatchOp } from './patch-operation.js';
import type { AttributeTarget } from './patch-target.js';
import { findFacts } from './vendor-paths.js';

/**
 * What an operation makes of an attribute's value: the new one, undefined for unassigned. The old
 * value is never changed in place.
 * @throws ScimError mutability, noTarget or invalidValue
 */
export function changeAttribute(
  before: Json | undefined,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): Json | undefined {
  const { attribute } = target.ref;
  if (attribute.mutability === 'readOnly') return keepReadOnly(before, target, op, value);

  const after = attribute.multiValued
    ? changeList(before, target, op, value)
    : changeSingle(before, target, op, value);
  if (attribute.required && isMissing(after)) {
    if (op === 'remove') throw mutabilityError(target.ref.path, 'is required');
    throw badRequest('invalidValue', `${target.ref.path} is required.`);
  }
  if (attribute.mutability === 'immutable' && before !== undefined && !deepEqual(before, after)) {
    throw mutabilityError(target.ref.path, 'can not be changed once it is set');
  }
  return after;
}

/**
 * Writing what is there already is no change, and clients that echo what they read do it (RFC 7644
 * §3.5.2).
 */
function keepReadOnly(
  before: Json | undefined,
  { ref, filter }: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): Json | undefined {
  const current = ref.subAttribute ? ownValue(asEntry(before), ref.subAttribute.name) : before;
  if (op !== 'remove' && !filter && deepEqual(current, value)) return before;
  throw mutabilityError(ref.path, 'is readOnly');
}

function changeList(
  before: Json | undefined,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): Json | undefined {
  const entries = isJsonList(before) ? before : before === undefined ? [] : [before];
  const after = changeEntries(entries, target, op, value);
  return after.length === 0 ? undefined : after;
}

function changeSingle(
  before: Json | undefined,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): Json | undefined {
  const { ref } = target;
  if (ref.attribute.type === 'complex') return changeComplex(before, target, op, value);
  return op === 'remove' ? undefined : readAttributeValue(ref.attribute, value ?? null, ref.path);
}

/**
 * `name`, `name.familyName`, and `manager[value eq "1"].displayName` as well: a list of at most
 * one.
 */
function changeComplex(
  before: Json | undefined,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): Json | undefined {
  const { ref, filter } = target;
  const isChosen = !filter || (before !== undefined && matchesEntry(filter, before));
  if (!isChosen && op === 'remove') return before;
  const facts = isChosen || before !== undefined ? undefined : filter && findFacts(filter);
  if (!isChosen && !facts) throw badRequest('noTarget', `Nothing in ${ref.path} meets the filter.`);

  const start = facts ? readParts(ref.attribute, facts, ref.path) : undefined;
  const entry = (start && mergeParts({}, start, ref)) ?? asEntry(before);
  if (ref.subAttribute) {
    const after = changePart(entry, ref.subAttribute, op === 'remove' ? undefined : value, ref);
    return isEmptyEntry(after) ? undefined : after;
  }
  if (op === 'remove' || isCleared(target, value)) return undefined;
  const after = mergeParts(entry, readParts(ref.attribute, value ?? null, ref.path), ref);
  return isEmptyEntry(after) ? undefined : after;
}

/** Entra ID clears a manager with "", others with null or an empty list. */
function isCleared({ ref }: AttributeTarget, value: Json | undefined): boolean {
  if (value === undefined || value === null || isEmptyText(ref.attribute, value)) return true;
  return isJsonList(value) && value.length === 0;
}

function isEmptyEntry(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
