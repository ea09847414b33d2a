import type { Dialect } from './dialect.js';
import { RowCount, sql, type Sql } from './sql.js';

/**
 * So many rows and no more, after so many others. SQLite plans by a limit that is a bare parameter, and therefore makes
 * the plan anew whenever the statement is run, at twice its cost; by a sum it does not.
 */
export function limitSql(limit: number, offset: number | undefined, dialect: Dialect): Sql {
  const number = (value: number) => {
    const count = new RowCount(value);
    return dialect === 'sqlite' ? sql`${count} + 0` : sql`${count}`;
  };
  return offset === undefined
    ? sql`limit ${number(limit)}`
    : sql`limit ${number(limit)} offset ${number(offset)}`;
}
