import type { Dialect } from './dialect.js';
import { RowCount, sql, type Sql } from './sql.js';

/**
 * So many rows and no more, after so many others. SQLite plans by a limit that is a bare parameter, and therefore makes
 * the plan anew whenever the statement is run, at twice its cost; by a sum it does not. PostgreSQL does so for an offset, of
 * which it expects the worst as long as it does not know it, so there is none where nothing is skipped.
 */
export function limitSql(limit: number, offset: number, dialect: Dialect): Sql {
  const number = (value: number) => {
    const count = new RowCount(value);
    return dialect === 'sqlite' ? sql`${count} + 0` : sql`${count}`;
  };
  return offset === 0
    ? sql`limit ${number(limit)}`
    : sql`limit ${number(limit)} offset ${number(offset)}`;
}
