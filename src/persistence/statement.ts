import type { ClientBase } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { PostgresDataSource } from './postgres-data-source.js';
import { performOnClient, type StatementResult } from './postgres-statement.js';
import type { PrintedSql } from './sql.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';

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
  printed: PrintedSql,
): Promise<StatementResult> {
  if (!(taker instanceof SqliteQueryRunner)) return performOnClient(taker, printed);
  const { rows, changes } = await taker.perform(printed.text, printed.values);
  return { rows, affected: changes };
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
