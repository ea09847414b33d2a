import type { Dialect } from './dialect.js';
import type { Row } from './postgres-statement.js';
import { type PrintedSql, sql, type Sql, type SqlValue } from './sql.js';

/** One statement for many look-ups that differ in their values alone. */
export interface Together {
  /** From so many look-ups on it costs less than they do one by one. */
  readonly least: number;
  /** @param values those of each look-up, without the numbers of rows, which are the same for all */
  print(values: readonly (readonly SqlValue[])[], rowCounts: readonly number[]): PrintedSql;
  /**
   * The rows of each look-up, from those of the whole.
   * @param count how many there were
   */
  share(rows: readonly Row[], count: number): readonly (readonly Row[])[];
}

/** The values of one look-up. No statement of ours calls anything by this name. */
const asked = 'asked_together';

/**
 * Puts a look-up into a statement that is given the values of many as one document and looks each of them up in turn: it
 * has the same text for two and for twenty.
 * @param columns the names of the look-up's columns
 */
export function togetherSql(lookUp: Sql, columns: readonly string[], dialect: Dialect): Together {
  return dialect === 'sqlite' ? inDocuments(lookUp, columns) : inRows(lookUp);
}

/**
 * What gives a row with the names of the look-up's columns, also when it finds nothing; undefined where they are not needed.
 */
export function describeSql(lookUp: Sql, dialect: Dialect): Sql | undefined {
  return dialect === 'sqlite'
    ? sql`select found.* from (select 1) left join (${lookUp}) as found on 1 = 1 limit 1`
    : undefined;
}

/** SQLite's rows come as one text for each look-up: each cell of a row by itself is dearer, also for a single one. */
function inDocuments(lookUp: Sql, columns: readonly string[]): Together {
  const cells = columns.map((name) => `'${name}', "${name}"`).join(', ');
  const inner = lookUp.printWith(
    (_value, index) => `(${asked}.value ->> ${index})`,
    (index) => `?${index + 2}`,
  );
  const text = `select (select json_group_array(json_object(${cells})) from (${inner})) as found from json_each(?1) ${asked}`;
  return {
    least: 1,
    print: (values, rowCounts) => ({ text, values: [JSON.stringify(values), ...rowCounts] }),
    share: (rows) => rows.map(({ found }): Row[] => JSON.parse(String(found))),
  };
}

/**
 * `offset 0` keeps PostgreSQL from joining whole tables where an index leads to the few rows of each look-up. The rows keep
 * the column that says whose they are: to copy each without it would cost more than it is worth.
 */
function inRows(lookUp: Sql): Together {
  const inner = lookUp.printWith(
    (value, index) => `(${asked}.value ->> ${index})${typeOf(value)}`,
    (index) => `$${index + 2}`,
  );
  const text = `select ${asked}.position as ${asked}, found.* from jsonb_array_elements($1::jsonb) with ordinality
    as ${asked}(value, position) cross join lateral (select * from (${inner}) as one offset 0) as found`;
  return {
    least: 2,
    print: (values, rowCounts) => ({ text, values: [JSON.stringify(values), ...rowCounts] }),
    share: (rows, count) => {
      const shares = Array.from({ length: count }, (): Row[] => []);
      for (const row of rows) shares[Number(row[asked]) - 1]?.push(row);
      return shares;
    },
  };
}

/** What PostgreSQL is to make of a value, which stands in the document as text. */
function typeOf(value: SqlValue): string {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? '::bigint' : '::numeric';
    case 'boolean':
      return '::boolean';
    default:
      return '';
  }
}

/** What look-ups must have in common beside their text to go into one statement: the types of their values. */
export function typesOf(values: readonly SqlValue[]): string {
  return values.map(typeOf).join(' ');
}

/** Whether a document holds the values as they are. */
export function fitsDocument(values: readonly SqlValue[]): boolean {
  return values.every((value) => {
    if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
    return typeof value !== 'number' || Number.isFinite(value);
  });
}
