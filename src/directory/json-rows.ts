import type { Dialect } from '../persistence/dialect.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';

type Cell = string | number | null;

/** How many rows one statement is given: one of them must end well within the database's time limit. */
const rowsPerStatement = 2_000;

/**
 * Rows for a statement, as a derived table with a column for each of the names and with `position`. They travel as
 * one parameter, so that a statement has the same text, and one prepared plan, for one row and for thousands.
 * @param columns the names, from our own code, and what they hold
 */
export function jsonRows<Name extends string>(
  rows: readonly Readonly<Record<Name, Cell>>[],
  columns: Readonly<Record<Name, 'text' | 'number'>>,
  dialect: Dialect,
): Sql {
  const document = JSON.stringify(rows);
  const cells = Object.entries(columns).map(([name, type]) =>
    dialect === 'sqlite'
      ? sql`json_extract(each.value, ${sql.raw(`'$.${name}'`)}) as ${sql.raw(name)}`
      : sql`(each.value ->> ${sql.raw(`'${name}'`)})${sql.raw(type === 'number' ? '::bigint' : '')} as ${sql.raw(name)}`,
  );
  return dialect === 'sqlite'
    ? sql`(select each.key as position, ${joinSql(cells, ', ')} from json_each(${document}) as each)`
    : sql`(select each.position, ${joinSql(cells, ', ')}
        from jsonb_array_elements(${document}::jsonb) with ordinality as each(value, position))`;
}

/**
 * The cells of each of the rows that are grouped, in that order, as one JSON text: a list of lists. Very many small rows
 * are several times cheaper to be handed over so than one by one.
 */
export function rowsInOne(cells: readonly Sql[], order: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`json_group_array(json_array(${joinSql(cells, ', ')}) order by ${order})`
    : sql`json_agg(json_build_array(${joinSql(cells, ', ')}) order by ${order})`;
}

/**
 * Whether a column is one of the values, which again travel as one parameter. PostgreSQL goes by the column's index
 * then; the rows of a document it would join with the whole table, even if there is only one.
 */
export function isAmong(
  column: Sql,
  values: readonly string[] | readonly number[],
  dialect: Dialect,
): Sql {
  if (dialect === 'sqlite')
    return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
  const type = sql.raw(typeof values[0] === 'number' ? 'bigint[]' : 'text[]');
  return sql`${column} = any(${toArrayText(values)}::${type})`;
}

/** Whether a column is none of the numbers, which may be as many as the rows that are asked. */
export function isNotAmong(column: Sql, values: readonly number[], dialect: Dialect): Sql {
  const document = JSON.stringify(values);
  return dialect === 'sqlite'
    ? sql`${column} not in (select value from json_each(${document}))`
    : sql`${column} not in (select value::bigint from jsonb_array_elements_text(${document}::jsonb))`;
}

/** An array as PostgreSQL reads it from text. */
function toArrayText(values: readonly (string | number)[]): string {
  return `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** The list in pieces of what one statement is given. */
export function chunksOf<Item>(items: readonly Item[], size: number = rowsPerStatement): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
