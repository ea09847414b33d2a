import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../src/kernel/json.js';

type Check = (actual: Json | undefined, expected: Json, at: string) => readonly string[];

const checks: Readonly<Record<string, Check>> = {
  /** `{"$type": "string"}`; `integer` and `array` count as types of their own. */
  $type: (actual, expected, at) =>
    complain(typeOf(actual) === expected, at, `of type ${show(expected)}`, actual),
  /** `{"$absent": true}`: not even null. */
  $absent: (actual, _expected, at) => complain(actual === undefined, at, 'nothing', actual),
  /** `{"$unassigned": true}`: left out, null or an empty list, which are one to SCIM (RFC 7643 §2.5). */
  $unassigned: (actual, _expected, at) => complain(isUnassigned(actual), at, 'no value', actual),
  /** `{"$matches": "^regular expression$"}` */
  $matches: (actual, expected, at) => {
    const isLike = typeof actual === 'string' && new RegExp(String(expected)).test(actual);
    return complain(isLike, at, `like ${show(expected)}`, actual);
  },
  /** `{"$length": 2}` */
  $length: (actual, expected, at) =>
    complain(
      isList(actual) && actual.length === expected,
      at,
      `a list of ${show(expected)}`,
      actual,
    ),
  /** `{"$contains": [...]}`: each of these matches some entry, in any order. */
  $contains: (actual, expected, at) =>
    listOf(expected).flatMap((wanted) => {
      const isThere =
        isList(actual) && actual.some((entry) => findMismatches(entry, wanted).length === 0);
      return complain(isThere, at, `a list with ${show(wanted)}`, actual);
    }),
  /** `{"$noneOf": [[...], [...]]}`: no entry equals one of these lists' entries, as pages of one list must not. */
  $noneOf: (actual, expected, at) => {
    const known = listOf(expected).flatMap(listOf);
    const isFresh =
      isList(actual) &&
      !actual.some((entry) => known.some((other) => isDeepStrictEqual(entry, other)));
    return complain(isFresh, at, 'a list without entries that were seen before', actual);
  },
};

/**
 * Where an answer is not what a conversation needs; empty when it is. Objects match by the members that are
 * listed, lists by length and order, all else by equality; an object of `$` words is a check from the table above.
 * `$ref` is SCIM's own and no such word.
 * @throws Error for an unknown `$` word, which would otherwise check nothing
 */
export function findMismatches(
  actual: Json | undefined,
  expected: Json,
  at = '$',
): readonly string[] {
  if (isList(expected)) return findListMismatches(actual, expected, at);
  if (!isJsonObject(expected)) {
    return complain(isDeepStrictEqual(actual, expected), at, show(expected), actual);
  }
  const words = Object.keys(expected).filter((name) => name.startsWith('$') && name !== '$ref');
  if (words.length > 0)
    return words.flatMap((word) => getCheck(word, expected)(actual, expected[word] ?? null, at));
  if (!isJsonObject(actual)) return complain(false, at, 'an object', actual);
  return Object.entries(expected).flatMap(([name, wanted]) =>
    findMismatches(Object.hasOwn(actual, name) ? actual[name] : undefined, wanted, `${at}.${name}`),
  );
}

function findListMismatches(
  actual: Json | undefined,
  expected: readonly Json[],
  at: string,
): readonly string[] {
  if (!isList(actual) || actual.length !== expected.length) {
    return complain(false, at, `a list of ${expected.length}`, actual);
  }
  return expected.flatMap((wanted, index) =>
    findMismatches(actual[index], wanted, `${at}[${index}]`),
  );
}

function getCheck(word: string, expected: JsonObject): Check {
  const check = checks[word];
  if (!check) throw new Error(`${show(expected)}: "${word}" is no check`);
  return check;
}

function complain(
  isGood: boolean,
  at: string,
  wanted: string,
  actual: Json | undefined,
): readonly string[] {
  return isGood ? [] : [`${at}: needed ${wanted}, got ${show(actual)}`];
}

function typeOf(value: Json | undefined): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isUnassigned(value: Json | undefined): boolean {
  return value === undefined || value === null || (isList(value) && value.length === 0);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function listOf(value: Json): readonly Json[] {
  if (!isList(value)) throw new Error(`${show(value)} must be a list`);
  return value;
}

function show(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
