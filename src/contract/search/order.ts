import type { ValidateByOptions } from 'class-validator';

/** One step of an order. */
export interface OrderStep<Column extends string> {
  readonly field: Column;
  readonly isDescending: boolean;
}

/**
 * Reads an `orderBy` (contract/README.md §6.1): columns with an optional direction, separated by commas. Letter
 * case does not count.
 * @returns undefined, when it is not of that form or names a column that is not offered
 */
export function findOrder<Column extends string>(
  text: string,
  columns: readonly Column[],
): readonly OrderStep<Column>[] | undefined {
  const parts = text.split(',', columns.length + 1);
  const steps = parts.flatMap((part) => findStep(part, columns) ?? []);
  const isWhole = steps.length === parts.length && steps.length <= columns.length;
  return isWhole ? steps : undefined;
}

/** The rule for an `orderBy` member over these columns; an empty text asks for the standard order. */
export function orderBy(columns: readonly string[]): ValidateByOptions {
  return {
    name: 'orderBy',
    validator: {
      validate: (value) =>
        value === '' || (typeof value === 'string' && findOrder(value, columns) !== undefined),
    },
  };
}

/** The order that was asked for; what the rule has let through can be read. */
export function toOrder<Column extends string>(
  text: string | null | undefined,
  columns: readonly Column[],
  standard: readonly OrderStep<Column>[],
): readonly OrderStep<Column>[] {
  return findOrder(text ?? '', columns) ?? standard;
}

function findStep<Column extends string>(
  part: string,
  columns: readonly Column[],
): OrderStep<Column> | undefined {
  const [name = '', direction = 'asc', ...rest] = part.trim().toLowerCase().split(/\s+/);
  const field = columns.find((column) => column.toLowerCase() === name);
  const isDirection = direction === 'asc' || direction === 'desc';
  return field === undefined || !isDirection || rest.length > 0
    ? undefined
    : { field, isDescending: direction === 'desc' };
}
