import { foldCase } from '../kernel/text.js';
import { enterpriseUrn, type Profile } from './profile.js';

/** One row of the side table by which users are looked up for equality. */
export interface UserValue {
  readonly field: LookupField;
  readonly key: string;
}

/** What clients match people by, beside user name, id and external id. */
export type LookupField = 'emails' | 'phoneNumbers' | 'displayName' | 'employeeNumber';

/**
 * Longer values are not put in the index, which takes no row of more than 2,704 bytes; a search for one of them
 * reads the documents instead. A character has four bytes at most.
 */
const lookupCharactersMax = 256;

/** The key under which a value is looked up; undefined when it is too long for the index. */
export function lookupKey(value: string): string | undefined {
  const key = foldCase(value);
  return key.length > lookupCharactersMax ? undefined : key;
}

/** The rows of the side table for a profile, each once. */
export function valuesOf(profile: Profile): UserValue[] {
  const employeeNumber = profile.extensions?.[enterpriseUrn]?.employeeNumber;
  const given: readonly [LookupField, unknown][] = [
    ...(profile.emails ?? []).map(({ value }): [LookupField, unknown] => ['emails', value]),
    ...(profile.phoneNumbers ?? []).map(({ value }): [LookupField, unknown] => [
      'phoneNumbers',
      value,
    ]),
    ['displayName', profile.displayName],
    ['employeeNumber', employeeNumber],
  ];
  const rows = new Map<string, UserValue>();
  for (const [field, value] of given) {
    const key = typeof value === 'string' ? lookupKey(value) : undefined;
    if (key !== undefined) rows.set(toText({ field, key }), { field, key });
  }
  return [...rows.values()];
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

function toText({ field, key }: UserValue): string {
  return `${field} ${key}`;
}
