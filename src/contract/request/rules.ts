import type { ValidationOptions } from 'class-validator';
import type { Rule } from '../../kernel/domain-error.js';
import { canonicalId } from '../../kernel/ids.js';

/** What each rule of a request class carries: the rule by name, which becomes the error's code, and its sentence. */
function rule(name: Rule, sentence: string): ValidationOptions {
  return { context: { rule: name }, message: `[$property] ${sentence}` };
}

/** Names and similar indexed columns (contract/README.md §1). */
export const nameCharactersMax = 191;

/** The largest integer that every client's `int` and both databases hold. */
export const integerMax = 2_147_483_647;

export const blank = rule('blank', 'must not be empty.');
export const missing = rule('missing', 'is required.');
export const textExpected = rule('invalid', 'must be text.');
export const flagExpected = rule('invalid', 'must be true or false.');
export const integerExpected = rule('invalid', 'must be a whole number.');
export const objectExpected = rule('invalid', 'must be an object.');
export const listExpected = rule('invalid', 'must be a list.');
export const uuidExpected = rule('couldNotConvert', 'must be a UUID.');
export const tooLong = rule('tooLong', 'must not be longer than $constraint1 characters.');
export const tooMany = rule('tooLong', 'must not have more than $constraint1 elements.');
export const tooSmall = rule('notInRange', 'must be $constraint1 or more.');
export const tooLarge = rule('notInRange', 'must be $constraint1 or less.');

/** A rule of one field's own, in its own words. */
export function invalid(sentence: string): ValidationOptions {
  return rule('invalid', sentence);
}

/** The same rule for each element of a list. */
export function each(options: ValidationOptions): ValidationOptions {
  return { ...options, each: true };
}

/** Ids are compared as text everywhere inside, so they are brought to one spelling at the door. */
export function toCanonicalId(value: unknown): unknown {
  return typeof value === 'string' ? canonicalId(value) : value;
}

/** The same for a list of ids. A query with one value does not look like a list, and is one. */
export function toCanonicalIds(value: unknown): unknown {
  const list: unknown = typeof value === 'string' ? [value] : value;
  return Array.isArray(list) ? list.map(toCanonicalId) : list;
}

/** In a query, FusionAuth's Python client writes 1 and 0 as what Python takes them to be equal to. */
const numberWords: Readonly<Record<string, number>> = { true: 1, false: 0 };

/** A query says numbers as text, and some clients do so in bodies. What is no number is left for the rule to refuse. */
export function toInteger(value: unknown): unknown {
  if (typeof value === 'string' && Object.hasOwn(numberWords, value)) return numberWords[value];
  return typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
}
