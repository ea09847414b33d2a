import type { Dialect } from '../persistence/dialect.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';

type Cell = string | number | null;

/** How many rows one statement is given: one of them must end well within the database's time limit. */
const rowsPerStatement = 5_000;

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

/** The inside of an `in (…)` for a list of any length, again in one parameter. */
export function jsonList(values: readonly Cell[], type: 'text' | 'number', dialect: Dialect): Sql {
  const document = JSON.stringify(values);
  if (dialect === 'sqlite') return sql`select value from json_each(${document})`;
  const cast = sql.raw(type === 'number' ? '::bigint' : '');
  return sql`select value${cast} from jsonb_array_elements_text(${document}::jsonb)`;
}

/** The list in pieces of what one statement is given. */
export function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += rowsPerStatement) {
    chunks.push(items.slice(start, start + rowsPerStatement));
  }
  return chunks;
}
