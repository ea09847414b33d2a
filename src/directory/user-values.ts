import { textKey } from '../kernel/text.js';
import { enterpriseUrn, type Profile, type TypedValue } from './profile.js';

/** One row of the side table by which users are looked up for equality. */
export interface UserValue {
  readonly field: LookupField;
  readonly key: string;
  /** The type of an address or a number, as `typeKey` has it; empty without one that is looked up by. */
  readonly type: string;
}

/** What clients match people by, beside user name, id and external id. */
export type LookupField = 'emails' | 'phoneNumbers' | 'displayName' | 'employeeNumber';

/** The lists among them, whose values have types. */
export const typedFields: ReadonlySet<string> = new Set<LookupField>(['emails', 'phoneNumbers']);

/**
 * Longer values are not put in the index, which takes no row of more than 2,704 bytes; a search for one of them
 * reads the documents instead. A character has four bytes at most.
 */
const lookupCharactersMax = 256;

/** Printable ASCII, which is what clients use for types and what both databases and we count alike. */
const indexedType = /^[ -~]{1,64}$/;

/** The key under which a value is looked up; undefined when it is too long for the index. */
export function lookupKey(value: string): string | undefined {
  const key = textKey(value);
  return key.length > lookupCharactersMax ? undefined : key;
}

/** The key under which a type is looked up; undefined for one that has to be looked for in the documents. */
export function typeKey(type: string): string | undefined {
  const key = textKey(type);
  return indexedType.test(key) ? key : undefined;
}

/** The rows of the side table for a profile, each once. */
export function valuesOf(profile: Profile): UserValue[] {
  const { emails = [], phoneNumbers = [], displayName, extensions } = profile;
  const given = [
    ...emails.map((email) => toRow('emails', email.value, email)),
    ...phoneNumbers.map((number) => toRow('phoneNumbers', number.value, number)),
    toRow('displayName', displayName),
    toRow('employeeNumber', extensions?.[enterpriseUrn]?.employeeNumber),
  ];
  const rows = given.filter((row) => row !== undefined);
  return [...new Map(rows.map((row) => [toText(row), row])).values()];
}

function toRow(
  field: LookupField,
  value: unknown,
  { type = '' }: TypedValue = {},
): UserValue | undefined {
  const key = typeof value === 'string' ? lookupKey(value) : undefined;
  return key === undefined ? undefined : { field, key, type: typeKey(type) ?? '' };
}

/** What has to be taken from and added to the side table when a profile changes. */
export function differenceOf(
  before: readonly UserValue[],
  after: readonly UserValue[],
): { readonly gone: UserValue[]; readonly added: UserValue[] } {
  return { gone: without(before, after), added: without(after, before) };
}

function without(values: readonly UserValue[], others: readonly UserValue[]): UserValue[] {
  const known = new Set(others.map(toText));
  return values.filter((value) => !known.has(toText(value)));
}

function toText({ field, key, type }: UserValue): string {
  return JSON.stringify([field, type, key]);
}
