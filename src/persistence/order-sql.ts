import type { Mark, Sort } from '../kernel/page.js';
import type { ConditionField, ElementsField, FieldTable, FieldType } from './condition-field.js';
import { getField } from './condition-sql.js';
import type { Dialect } from './dialect.js';
import { elementDocument, elementsInOrder, jsonValue } from './json-sql.js';
import { parameter, truth } from './scalar-sql.js';
import { sql, type Sql } from './sql.js';

/** What rows are ordered by: one value for each row. */
export interface SortKey {
  readonly expression: Sql;
  readonly type: FieldType;
  /** Whether every row has a value. Its order is then one that an index may have. */
  readonly notNull: boolean;
}

/** A sort key and its direction. Rows without a value come last, and first when descending. */
export interface SortedBy {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** So many characters of a text in a document count for its place in an order: who goes on from there has to carry them. */
const sortCharactersMax = 256;

/**
 * Prints what a field orders by, as text by code point on both databases. Of many values it is the preferred one, else
 * the first. Undefined for a field that has no single value.
 */
function findSortKey(field: ConditionField, dialect: Dialect): SortKey | undefined {
  switch (field.kind) {
    case 'column':
      return {
        expression: field.expression,
        type: field.type,
        notNull: field.notNull === true,
      };
    case 'json': {
      if (field.type === 'any') return undefined;
      const value = jsonValue(field, field.type, dialect);
      const expression = field.type === 'text' ? beginningOf(value, dialect) : value;
      return { expression, type: field.type, notNull: false };
    }
    case 'elements':
      return elementKey(field, dialect);
    case 'related':
      return undefined;
  }
}

/**
 * The order by a field of a room.
 * @throws Error for a field that rows can not be ordered by: a face offers only what the room does
 */
export function sortedBy(
  { field, isDescending }: Sort,
  fields: FieldTable,
  dialect: Dialect,
): SortedBy {
  const key = findSortKey(getField(fields, field), dialect);
  if (key === undefined) throw new Error(`There is no order by the field ${field}.`);
  return { key, isDescending };
}

/** The key of rows that lack what others are sorted by. */
export function absentKey(type: FieldType, dialect: Dialect): SortKey {
  const expression = {
    text: dialect === 'postgres' ? sql`(cast(null as text) collate "C")` : sql`cast(null as text)`,
    number: sql`cast(null as bigint)`,
    flag: sql`cast(null as boolean)`,
  }[type];
  return { expression, type, notNull: false };
}

/** One step of an `order by`. Of columns that are never null the words about nulls would keep SQLite from their index. */
export function sortStep(expression: Sql, { key, isDescending }: SortedBy): Sql {
  const direction = sql.raw(isDescending ? 'desc' : 'asc');
  if (key.notNull) return sql`${expression} ${direction}`;
  return sql`${expression} ${direction} nulls ${sql.raw(isDescending ? 'first' : 'last')}`;
}

/**
 * Whether a row comes after a mark, in the order of `sortStep` and then of the rows' numbers.
 * @param pk the column of the numbers
 */
export function isAfter(
  mark: Mark,
  sortedBy: SortedBy | undefined,
  pk: Sql,
  dialect: Dialect,
): Sql {
  const isLater = sql`${pk} > ${mark.pk}`;
  if (sortedBy === undefined) return isLater;
  const { key, isDescending } = sortedBy;
  const own = key.expression;
  if (mark.value === null)
    return isDescending
      ? sql`(${own} is not null or ${isLater})`
      : sql`(${own} is null and ${isLater})`;
  const value = parameter(key.type === 'flag' ? mark.value === 1 : mark.value, dialect);
  const beyond = sql.raw(isDescending ? '<' : '>');
  // In this form an index on the key is read from the mark on.
  if (key.notNull)
    return sql`(${own} ${beyond}= ${value} and (${own} ${beyond} ${value} or ${isLater}))`;
  const isFurther = sql`${own} ${beyond} ${value} or (${own} = ${value} and ${isLater})`;
  return isDescending ? sql`(${isFurther})` : sql`(${own} is null or ${isFurther})`;
}

function elementKey(field: ElementsField, dialect: Dialect): SortKey | undefined {
  const alias = sql.raw('listed');
  const one = field.of(elementDocument(alias, dialect));
  const value = one.value && findSortKey(one.value, dialect);
  if (value === undefined) return undefined;
  const preferred = one.preferred && findSortKey(one.preferred, dialect);
  const isPreferred = preferred
    ? sql`coalesce(${preferred.expression}, ${truth(false)}) desc, `
    : sql``;
  const { from, position } = elementsInOrder(field, alias, dialect);
  const expression = sql`(select ${value.expression} from ${from} where ${value.expression} is not null
    order by ${isPreferred}${position} limit 1)`;
  return { expression, type: value.type, notNull: false };
}

function beginningOf(text: Sql, dialect: Dialect): Sql {
  const length = sql.raw(String(sortCharactersMax));
  return dialect === 'postgres'
    ? sql`(substr(${text}, 1, ${length}) collate "C")`
    : sql`substr(${text}, 1, ${length})`;
}
