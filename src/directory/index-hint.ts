import type { Dialect } from '../persistence/dialect.js';
import { sql, type Sql } from '../persistence/sql.js';

/**
 * What stands before a column that SQLite is not to look for in an index: a plus sign, which changes nothing else.
 * PostgreSQL has figures to plan by and needs no hint.
 */
export function withoutIndex(dialect: Dialect): Sql {
  return dialect === 'sqlite' ? sql.raw('+') : sql.raw('');
}
