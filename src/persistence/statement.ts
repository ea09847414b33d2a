import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { PostgresDataSource } from './postgres-data-source.js';
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

/**
 * Runs a query that no index serves, in the transaction of the taker if it has one, for as long as the budget allows.
 * @throws the driver's error, which `isCutShort` knows when the budget was used up
 */
export async function performScan(
  taker: StatementTaker,
  printed: PrintedSql,
  dataSource: DataSource,
): Promise<StatementResult> {
  if (taker instanceof SqliteQueryRunner) {
    const { rows, changes } = await taker.scan(printed.text, printed.values);
    return { rows, affected: changes };
  }
  if (!(dataSource instanceof PostgresDataSource))
    throw new Error('Scans have a budget of their own, which this data source lacks.');
  // After a failure the limit is undone together with all else, to the savepoint or the beginning.
  const limited = taker.query(`set local statement_timeout = ${dataSource.scanBudgetMs}`);
  const answer = performStatement(taker, printed);
  const unlimited = taker.query('set local statement_timeout to default');
  await Promise.allSettled([limited, answer, unlimited]);
  // Of several failures the first is the cause.
  await limited;
  const result = await answer;
  await unlimited;
  return result;
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
