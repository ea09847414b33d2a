import type { ValidateByOptions } from 'class-validator';
import { type Condition, everything } from '../../kernel/condition.js';

/** What text without a wildcard means: part of the value, or the whole of it. */
export type BareText = 'part' | 'whole';

/**
 * From a search text to a condition (contract/README.md §6.1): `*` stands for any text.
 * @param text in the field's comparison form
 * @throws Error for a pattern that `wildcard` does not let through
 */
export function wildcardCondition<Field extends string>(
  field: Field,
  text: string,
  bare: BareText,
): Condition<Field> {
  if (!text.includes('*'))
    return { kind: 'compare', field, operator: bare === 'part' ? 'co' : 'eq', value: text };
  const [start = '', ...rest] = text.split(/\*+/);
  const end = rest.pop() ?? '';
  const [middle] = rest;
  if (middle !== undefined) return { kind: 'compare', field, operator: 'co', value: middle };
  const conditions: Condition<Field>[] = [];
  if (start !== '') conditions.push({ kind: 'compare', field, operator: 'sw', value: start });
  if (end !== '') conditions.push({ kind: 'compare', field, operator: 'ew', value: end });
  if (conditions.length === 0) return everything;
  return {
    kind: 'and',
    conditions: [...conditions, ...overlaps(start, end).map((value) => isNot(field, value))],
  };
}

/** The rule for a text with wildcards: at its beginning, at its end, at both, or once within. */
export const wildcard: ValidateByOptions = {
  name: 'wildcard',
  validator: { validate: (value) => typeof value === 'string' && isPattern(value) },
};

function isPattern(text: string): boolean {
  const [start, ...rest] = text.split(/\*+/);
  const end = rest.pop();
  return rest.length === 0 || (rest.length === 1 && start === '' && end === '');
}

/** Values that begin and end as asked only because one letter serves both: `ab*ba` is not `aba`. */
function overlaps(start: string, end: string): string[] {
  const most = Math.min(start.length, end.length);
  const lengths = Array.from({ length: most }, (_, index) => index + 1);
  return lengths
    .filter((length) => start.endsWith(end.slice(0, length)))
    .map((length) => start + end.slice(length));
}

function isNot<Field extends string>(field: Field, value: string): Condition<Field> {
  return { kind: 'not', condition: { kind: 'compare', field, operator: 'eq', value } };
}
