import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual, toEqualityKey } from '../resource/equal.js';
import { isUnassigned } from '../resource/vendor-values.js';
import { badRequest } from '../scim-error.js';
import type { PatchOp } from './patch-operation.js';
import { otherValue } from './removed-values.js';
import { unwrapOne } from './vendor-bodies.js';

/** An operation on one attribute of an unknown schema. */
interface ForeignChange {
  readonly before: Json | undefined;
  /** The sub-attribute that the path names behind a dot. */
  readonly sub: string | undefined;
  readonly op: PatchOp;
  readonly value: Json | undefined;
  /** The attribute's path, for the detail of an error. */
  readonly where: string;
}

/**
 * What becomes of an attribute that no schema describes; undefined for unassigned. Its stored value
 * says what it is: `add` appends to a list and merges into an object, and a list of one is one
 * value unless a list is stored.
 * @throws ScimError invalidPath, for a sub-attribute of what is no object; invalidValue, for a
 * `remove` of another value than the stored one
 */
export function changeForeignValue(change: ForeignChange): Json | undefined {
  const { before, sub, op, value, where } = change;
  if (sub === undefined) return changeWhole(change);
  if (before === undefined && (op === 'remove' || isUnassigned(value))) return undefined;
  if (before !== undefined && !isJsonObject(before)) {
    throw badRequest('invalidPath', `${where} is no object: it has no ${sub}.`);
  }
  const name = findSpelling(before ?? {}, sub);
  const part = changeWhole({
    ...change,
    before: before && ownValue(before, name),
    where: `${where}.${name}`,
  });
  const rest = Object.entries(before ?? {}).filter(([other]) => other !== name);
  const after = Object.fromEntries<Json>(part === undefined ? rest : [...rest, [name, part]]);
  return Object.keys(after).length === 0 ? undefined : after;
}

function changeWhole({ before, op, value, where }: ForeignChange): Json | undefined {
  if (op === 'remove') return removeFrom(before, value, where);
  if (op === 'add' && isJsonList(before)) return append(before, value);
  const given = isJsonList(before) || before === undefined ? value : unwrapOne(value);
  if (isUnassigned(given)) return undefined;
  return op === 'add' && isJsonObject(before) && isJsonObject(given)
    ? { ...before, ...given }
    : given;
}

/** As of known attributes: a value beside `remove` says what goes (see `removed-values.ts`). */
function removeFrom(
  before: Json | undefined,
  value: Json | undefined,
  where: string,
): Json | undefined {
  if (value === undefined || value === null || before === undefined) return undefined;
  if (isJsonList(before)) {
    const listed = new Set((isJsonList(value) ? value : [value]).map(toEqualityKey));
    const left = before.filter((item) => !listed.has(toEqualityKey(item)));
    return left.length === 0 ? undefined : left;
  }
  const given = unwrapOne(value);
  if (isUnassigned(given) || deepEqual(before, given)) return undefined;
  throw otherValue(where);
}

function append(before: readonly Json[], value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null || value === '') return before;
  // By key and not by comparing each with each: the lists may be long.
  const known = new Set(before.map(toEqualityKey));
  const added: Json[] = [];
  for (const item of isJsonList(value) ? value : [value]) {
    const key = toEqualityKey(item);
    if (known.has(key)) continue;
    known.add(key);
    added.push(item);
  }
  return added.length === 0 ? before : [...before, ...added];
}

/** The stored spelling of a name: names have no case (RFC 7643 §2.1). */
export function findSpelling(object: JsonObject, name: string): string {
  if (Object.hasOwn(object, name)) return name;
  const folded = name.toLowerCase();
  return Object.keys(object).find((other) => other.toLowerCase() === folded) ?? name;
}
