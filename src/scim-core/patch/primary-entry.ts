import { findMember, isJsonList, isJsonObject, type Json } from '../json.js';
import { isPrimary, refuseTwoPrimaries } from '../resource/read-value.js';
import { findBooleanText } from '../resource/vendor-values.js';
import { badRequest } from '../scim-error.js';
import type { PatchOp } from './patch-operation.js';
import type { AttributeTarget } from './patch-target.js';

/** Whether an operation says which entry is to be the primary one. */
export function namesPrimary(
  { ref }: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): boolean {
  if (op === 'remove' || !ref.attribute.multiValued || value === undefined) return false;
  if (ref.subAttribute) return ref.subAttribute.name === 'primary' && isTrue(value);
  const entries = isJsonList(value) ? value : [value];
  return entries.some((entry) => isJsonObject(entry) && isTrue(findMember(entry, 'primary')));
}

/** Whether one of the entries of an attribute is the primary one. */
export function hasPrimary(value: Json | undefined): boolean {
  return isJsonList(value) && value.some(isPrimary);
}

/**
 * A newly set `primary` takes it from the others in the same step (RFC 7644 §3.5.2), but not from
 * an entry that an operation before it in the same request has named: the request contradicts
 * itself then.
 * @throws ScimError invalidValue
 */
export function settlePrimary(
  before: readonly Json[],
  after: readonly Json[],
  { ref, isPrimaryNamed }: AttributeTarget,
): readonly Json[] {
  if (after.filter(isPrimary).length < 2) return after;
  const old = new Set(before.filter(isPrimary));
  const fresh = new Set(after.filter((entry) => isPrimary(entry) && !old.has(entry)));
  if (fresh.size === 0) return after;
  refuseTwoPrimaries([...fresh], ref.path);
  if (isPrimaryNamed === true) {
    throw badRequest(
      'invalidValue',
      `The request makes two entries of ${ref.path} the primary one.`,
    );
  }
  return after.map((entry) =>
    isJsonObject(entry) && isPrimary(entry) && !fresh.has(entry)
      ? { ...entry, primary: false }
      : entry,
  );
}

function isTrue(value: Json | undefined): boolean {
  return value === true || (value !== undefined && findBooleanText(value) === true);
}
