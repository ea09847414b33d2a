import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { QueryRunner } from 'typeorm';
import type { PrintedSql } from './sql.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';

/** The rows that a statement gave, and how many it changed. */
export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly affected: number;
}

/** What takes a statement to its database: a connection to PostgreSQL, or on SQLite our runner. */
export type StatementTaker = ClientBase | SqliteQueryRunner;

/** @returns what takes the statements of this runner */
export async function takerOf(runner: QueryRunner): Promise<StatementTaker> {
  if (runner instanceof SqliteQueryRunner) return runner;
  const client: ClientBase = await runner.connect();
  return client;
}

/**
 * Runs a statement of our own, past TypeORM's result mapping, prepared where that pays. It has been sent when this
 * returns; statements of one taker are run in the order of the calls.
 */
export async function performStatement(
  taker: StatementTaker,
  { text, values }: PrintedSql,
): Promise<StatementResult> {
  if (taker instanceof SqliteQueryRunner) {
    const { rows, changes } = await taker.perform(text, values);
    return { rows, affected: changes };
  }
  const { rows, rowCount } = await taker.query({
    ...preparedName(text),
    text,
    values: [...values],
  });
  return { rows, affected: rowCount ?? 0 };
}

/** Searches come in endless forms: a connection keeps the statements that came first, which are the hot ones. */
const statementsNamed = 500;

const names = new Map<string, string>();

/** PostgreSQL parses and plans a statement with a name once for each connection. */
function preparedName(text: string): { name?: string } {
  const known = names.get(text);
  if (known !== undefined) return { name: known };
  if (names.size >= statementsNamed) return {};
  const name = `rollcall_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return { name };
}
