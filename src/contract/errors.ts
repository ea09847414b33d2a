import type { Problem, Rule } from '../kernel/domain-error.js';

export interface ErrorEntry {
  readonly code: string;
  readonly message: string;
}

/** FusionAuth's Errors object (contract/README.md §4). */
export interface Errors {
  readonly fieldErrors: Readonly<Record<string, readonly ErrorEntry[]>>;
  readonly generalErrors: readonly ErrorEntry[];
}

/** The tag of each rule. FusionAuth has no word of its own for the last two; the message says what is meant. */
const tags: Readonly<Record<Rule, string>> = {
  blank: 'blank',
  missing: 'missing',
  duplicate: 'duplicate',
  invalid: 'invalid',
  tooLong: 'tooLong',
  tooShort: 'tooShort',
  notInRange: 'notInRange',
  couldNotConvert: 'couldNotConvert',
  immutable: 'invalid',
  inUse: 'invalid',
};

/**
 * Tells problems as an Errors object: a field error is keyed by the path of its field and coded by the rule's
 * tag and that path; a problem without a field is a general error.
 */
export function toErrors(problems: readonly Problem[]): Errors {
  const fieldErrors = new Map<string, ErrorEntry[]>();
  const generalErrors: ErrorEntry[] = [];
  for (const { field, rule, message } of problems) {
    const entry = { code: `[${tags[rule]}]${field}`, message };
    if (field === '') generalErrors.push(entry);
    else fieldErrors.set(field, [...(fieldErrors.get(field) ?? []), entry]);
  }
  return { fieldErrors: Object.fromEntries(fieldErrors), generalErrors };
}

/** An Errors object that says one thing about the whole request. */
export function toGeneralError(code: string, message: string): Errors {
  return { fieldErrors: {}, generalErrors: [{ code: `[${code}]`, message }] };
}
