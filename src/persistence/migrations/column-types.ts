import type { QueryRunner } from 'typeorm';
import type { Dialect } from '../dialect.js';

/** The SQL types of our columns, as `columns.ts` reads them. `reference` is the type of a key that points at a `sequence`. */
export interface ColumnTypes {
  readonly id: string;
  readonly text: string;
  readonly key: string;
  readonly json: string;
  readonly searchableJson: string;
  readonly instant: string;
  readonly integer: string;
  readonly flag: string;
  readonly sequence: string;
  readonly reference: string;
}

const sqliteTypes: ColumnTypes = {
  id: 'varchar(36)',
  text: 'text',
  key: 'text',
  json: 'text',
  searchableJson: 'text',
  instant: 'bigint',
  integer: 'integer',
  flag: 'boolean',
  // Without the keyword SQLite would give the number of the last row again after its deletion.
  sequence: 'integer primary key autoincrement',
  reference: 'integer',
};

/** "C" orders by code point, as SQLite does and as `compareCodePoints` does in memory. */
const postgresTypes: ColumnTypes = {
  id: 'varchar(36) collate "C"',
  text: 'text collate "C"',
  key: 'text collate "C"',
  json: 'text collate "C"',
  searchableJson: 'jsonb',
  instant: 'bigint',
  integer: 'integer',
  flag: 'boolean',
  sequence: 'bigint generated always as identity primary key',
  reference: 'bigint',
};

export function columnTypes(dialect: Dialect): ColumnTypes {
  return dialect === 'postgres' ? postgresTypes : sqliteTypes;
}

/** Which database a migration is running on. */
export function dialectOf(runner: QueryRunner): Dialect {
  return runner.connection.options.type === 'postgres' ? 'postgres' : 'sqlite';
}
