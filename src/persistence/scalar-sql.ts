import type { ComparisonOperator } from '../kernel/condition.js';
import type { ColumnField, FieldType } from './condition-field.js';
import type { Dialect } from './dialect.js';
import { sql, type Sql } from './sql.js';

type Operator = Exclude<ComparisonOperator, 'ne'>;
type Value = string | number | boolean;

/** A constant condition, in words that both databases know. */
export function truth(isTrue: boolean): Sql {
  return isTrue ? sql`1 = 1` : sql`1 = 0`;
}

/** Compares an expression over one row with a value; false, and not null, where the expression is null. */
export function scalarComparison(
  field: ColumnField,
  operator: Operator,
  value: Value,
  dialect: Dialect,
): Sql {
  const { expression: left, type } = field;
  const comparison = isOfType(value, type) ? compared(left, operator, value, dialect) : undefined;
  if (comparison === undefined) return truth(false);
  // Not coalesce, which would keep the comparison from using an index.
  return field.notNull ? comparison : sql`(${left} is not null and ${comparison})`;
}

function isOfType(value: Value, type: FieldType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
  }
}

function compared(left: Sql, operator: Operator, value: Value, dialect: Dialect): Sql | undefined {
  if (operator === 'co' || operator === 'sw' || operator === 'ew') {
    return typeof value === 'string' ? textPart(left, operator, value, dialect) : undefined;
  }
  if (operator === 'like')
    return typeof value === 'string' ? textLike(left, value, dialect) : undefined;
  if (operator !== 'eq' && typeof value === 'boolean') return undefined;
  return operator === 'eq' || typeof value !== 'string'
    ? sql`${left} ${sql.raw(symbols[operator])} ${parameter(value, dialect)}`
    : sql`${left} ${sql.raw(symbols[operator])} ${ordered(value, dialect)}`;
}

const symbols = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/** Without a type PostgreSQL reads a number as the column's, and refuses one that is too large or has a fraction. */
export function parameter(value: Value, dialect: Dialect): Sql {
  if (typeof value !== 'number' || dialect === 'sqlite') return sql`${value}`;
  return Number.isSafeInteger(value)
    ? sql`cast(${value} as bigint)`
    : sql`cast(${value} as numeric)`;
}

/**
 * SQLite's LIKE has its own idea of case, its GLOB has none; both databases give up on a pattern as soon as the rest of
 * the text is too short for it, so no pattern makes them try every way of dividing the text.
 */
function textLike(left: Sql, pattern: string, dialect: Dialect): Sql {
  const wanted = pattern.replace(/\*+/g, '*');
  return dialect === 'postgres'
    ? sql`${left} like ${wanted.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')}`
    : sql`${left} glob ${wanted.replace(/[?[]/g, '[$&]')}`;
}

/** No LIKE, which has wildcards and, on SQLite, its own idea of case. Lengths are in characters on both databases. */
function textPart(left: Sql, operator: 'co' | 'sw' | 'ew', value: string, dialect: Dialect): Sql {
  const length = [...value].length;
  switch (operator) {
    case 'co':
      return dialect === 'postgres'
        ? sql`strpos(${left}, ${value}) > 0`
        : sql`instr(${left}, ${value}) > 0`;
    case 'sw':
      return startsWith(left, value, dialect);
    case 'ew':
      if (length === 0) return sql`${left} is not null`;
      return dialect === 'postgres'
        ? sql`right(${left}, cast(${length} as integer)) = ${value}`
        : sql`substr(${left}, ${-length}) = ${value}`;
  }
}

/** In code-point order the texts with a prefix lie side by side, so an index finds them as a range. */
function startsWith(left: Sql, prefix: string, dialect: Dialect): Sql {
  const end = firstAfter(prefix);
  const from = sql`${left} >= ${ordered(prefix, dialect)}`;
  return end === undefined ? from : sql`${from} and ${left} < ${ordered(end, dialect)}`;
}

/**
 * A text to be compared by code point. Our columns are so ordered, but what PostgreSQL makes of them may not be: the
 * texts of a `case` have the order of the database, which is a language's.
 */
function ordered(text: string, dialect: Dialect): Sql {
  return dialect === 'postgres' ? sql`${text} collate "C"` : sql`${text}`;
}

const lastCodePoint = 0x10_ffff;

/** The first text that sorts after every text with this prefix; undefined if there is none. */
function firstAfter(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no characters: after U+D7FF comes U+E000.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
}
