import { matchesEntry } from '../filter/matches.js';
import { isJsonList, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual } from '../resource/equal.js';
import { isMissing, readAttributeValue, readParts } from '../resource/read-value.js';
import { isUnassigned } from '../resource/vendor-values.js';
import type { AttributeSchema } from '../schema/attribute.js';
import { badRequest, type ScimError } from '../scim-error.js';
import { changeEntries } from './change-entries.js';
import { asEntry, changePart, mergeParts, mutabilityError } from './change-entry.js';
import { refuseNothing } from './given-values.js';
import type { PatchOp } from './patch-operation.js';
import type { AttributeTarget } from './patch-target.js';
import { refuseOtherValue } from './removed-values.js';
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

  refuseNothing(target.ref, op, value);
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
  const { attribute, path } = target.ref;
  if (attribute.type === 'complex') return changeComplex(before, target, op, value);
  if (op === 'remove') refuseOtherValue(before, value, attribute, path);
  const after = op === 'remove' ? undefined : readAttributeValue(attribute, value ?? null, path);
  return after === undefined ? unassign(before, attribute, path) : after;
}

/**
 * To unassign `active` must neither lock anybody out nor let anybody in again.
 * @throws ScimError invalidValue
 */
function unassign(
  before: Json | undefined,
  { initialValue }: AttributeSchema,
  path: string,
): Json | undefined {
  if (initialValue === undefined) return undefined;
  if (before === undefined || before === initialValue) return before;
  throw badRequest(
    'invalidValue',
    `${path} is ${String(before)}: only an explicit ${String(initialValue)} changes that.`,
  );
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
  if (!isChosen && before !== undefined) throw noChosen(ref.path);

  const start = isChosen ? asEntry(before) : startChosen(target);
  if (!isChosen && isUnassigned(value)) return undefined;
  const after = changeEntry(start, before, target, op, value);
  if (!isChosen && filter && after !== undefined && !matchesEntry(filter, after)) {
    throw noChosen(ref.path);
  }
  return after;
}

/** What the filter demands of an entry that is not there. */
function startChosen({ ref, filter }: AttributeTarget): JsonObject {
  const facts = filter && findFacts(filter);
  if (!facts) throw noChosen(ref.path);
  return mergeParts({}, readParts(ref.attribute, facts, ref.path), ref) ?? {};
}

function noChosen(path: string): ScimError {
  return badRequest('noTarget', `Nothing in ${path} meets the filter.`);
}

function changeEntry(
  start: JsonObject,
  before: Json | undefined,
  { ref, filter }: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): JsonObject | undefined {
  const { attribute, subAttribute, path } = ref;
  if (subAttribute) {
    const after = changePart(start, subAttribute, op === 'remove' ? undefined : value, ref);
    if (op === 'remove' && !filter) {
      refuseOtherValue(ownValue(start, subAttribute.name), value, subAttribute, path);
    }
    return unlessEmpty(after);
  }
  if (op === 'remove' && !filter) refuseOtherValue(before, value, attribute, path);
  if (op === 'remove' || isUnassigned(value)) return undefined;
  return unlessEmpty(mergeParts(start, readParts(attribute, value, path), ref));
}

function unlessEmpty(entry: JsonObject | undefined): JsonObject | undefined {
  return entry === undefined || Object.keys(entry).length === 0 ? undefined : entry;
}
