/**
 * What is made of a profile to find people by, with one folding or another. These forms are those of this migration:
 * later versions of the directory may have others.
 */

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

/** Makes a key of a text. */
export type Fold = (text: string) => string;

/** A row of `user_values`, without its owner. */
export interface ValueForm {
  readonly field: string;
  readonly key: string;
  readonly type: string;
}

/** A profile, made to be found by one folding. */
export interface Forms {
  /** Undefined for a person without a user name. */
  readonly name: string | undefined;
  /** Undefined for a person without an address that has anything to see in it. */
  readonly email: string | undefined;
  readonly search: JsonObject;
  readonly values: readonly ValueForm[];
}

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const caseExactPaths: ReadonlySet<string> = new Set([
  'profileUrl',
  'photos/value',
  'x509Certificates/value',
  `extensions/${enterpriseUrn}/manager/value`,
  `extensions/${enterpriseUrn}/manager/$ref`,
]);

const valueCharactersMax = 256;
const indexedType = /^[ -~]{1,64}$/;

/** @param text a stored profile */
export function formsOf(text: string, fold: Fold): Forms {
  const profile: JsonObject = JSON.parse(text);
  const search = folded(profile, '', fold);
  const email = emailOf(profile);
  return {
    name: typeof profile.userName === 'string' ? fold(profile.userName) : undefined,
    email: email === undefined ? undefined : fold(email) || undefined,
    search,
    values: valuesOf(search),
  };
}

function folded(object: JsonObject, path: string, fold: Fold): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      foldedValue(value, path === '' ? name : `${path}/${name}`, fold),
    ]),
  );
}

function foldedValue(value: Json, path: string, fold: Fold): Json {
  if (typeof value === 'string') return caseExactPaths.has(path) ? value : fold(value);
  if (isList(value)) return value.map((item) => foldedValue(item, path, fold));
  return isObject(value) ? folded(value, path, fold) : value;
}

/** The address that stands for the person: the primary one, else the first of type work, else the first. */
function emailOf({ emails }: JsonObject): string | undefined {
  const entries = entriesOf(emails).filter(({ value }) => typeof value === 'string');
  const chosen =
    entries.find(({ primary }) => primary === true) ??
    entries.find(({ type }) => typeof type === 'string' && type.toLowerCase() === 'work') ??
    entries[0];
  return typeof chosen?.value === 'string' ? chosen.value : undefined;
}

/** @param search with every text folded */
function valuesOf({ emails, phoneNumbers, displayName, extensions }: JsonObject): ValueForm[] {
  const enterprise = isObject(extensions) ? extensions[enterpriseUrn] : undefined;
  const given = [
    ...entriesOf(emails).map(({ value, type }) => toValue('emails', value, type)),
    ...entriesOf(phoneNumbers).map(({ value, type }) => toValue('phoneNumbers', value, type)),
    toValue('displayName', displayName),
    toValue('employeeNumber', isObject(enterprise) ? enterprise.employeeNumber : undefined),
  ];
  const values = given.filter((value) => value !== undefined);
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function toValue(field: string, key: Json | undefined, type?: Json): ValueForm | undefined {
  if (typeof key !== 'string' || key.length > valueCharactersMax) return undefined;
  return { field, key, type: typeof type === 'string' && indexedType.test(type) ? type : '' };
}

function entriesOf(list: Json | undefined): JsonObject[] {
  return isList(list) ? list.filter(isObject) : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
