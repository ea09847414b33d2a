import { type ComparisonOperator, type Condition, everything } from '../../kernel/condition.js';

/** What text without a wildcard means: part of the value, or the whole of it. */
export type BareText = 'part' | 'whole';

/**
 * From a search text to a condition (contract/README.md §6.1): `*` stands for any text, wherever it is.
 * @param text in the field's comparison form
 */
export function wildcardCondition<Field extends string>(
  field: Field,
  text: string,
  bare: BareText,
): Condition<Field> {
  const compare = (operator: ComparisonOperator, value: string): Condition<Field> => ({
    kind: 'compare',
    field,
    operator,
    value,
  });
  if (!text.includes('*')) return compare(bare === 'part' ? 'co' : 'eq', text);
  const [start = '', ...rest] = text.split(/\*+/);
  const end = rest.pop() ?? '';
  const [middle, ...others] = rest;
  if (middle === undefined && start === '' && end === '') return everything;
  if (middle === undefined && end === '') return compare('sw', start);
  if (middle === undefined && start === '') return compare('ew', end);
  if (middle !== undefined && others.length === 0 && start === '' && end === '')
    return compare('co', middle);
  // The beginning once more by itself, because an index knows it.
  const beginning = start === '' ? [] : [compare('sw', start)];
  return { kind: 'and', conditions: [...beginning, compare('like', text)] };
}
