import { createHash } from 'node:crypto';
import type { ClientBase, QueryConfig } from 'pg';
import type { QueryRunner } from 'typeorm';
import { isCutShort } from './database-error.js';
import { PostgresDataSource } from './postgres-data-source.js';
import { scanTooLong } from './scan-budget.js';
import type { Sql } from './sql.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';

/** The rows that a statement gave, and how many it changed. */
export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly affected: number;
}

/** Runs a statement of our own on the runner's connection, past TypeORM's result mapping, prepared where that pays. */
export async function performStatement(
  runner: QueryRunner,
  statement: Sql,
): Promise<StatementResult> {
  if (runner instanceof SqliteQueryRunner) {
    const { text, values } = statement.print('sqlite');
    const { rows, changes } = await runner.perform(text, values);
    return { rows, affected: changes };
  }
  const client: ClientBase = await runner.connect();
  const { rows, rowCount } = await client.query(toQuery(statement));
  return { rows, affected: rowCount ?? 0 };
}

/**
 * Runs a query that no index serves, for as long as its budget allows: on a connection for such queries, or in the
 * runner's transaction if there is one.
 * @throws DomainError too_many, when the budget is used up; unavailable, when the wait for a connection was too long;
 *   else the driver's error
 */
export async function performScan(runner: QueryRunner, statement: Sql): Promise<StatementResult> {
  try {
    if (!(runner instanceof SqliteQueryRunner)) return await scanPostgres(runner, statement);
    const { text, values } = statement.print('sqlite');
    const { rows, changes } = await runner.scan(text, values);
    return { rows, affected: changes };
  } catch (error) {
    throw isCutShort(error) ? scanTooLong(error) : error;
  }
}

async function scanPostgres(runner: QueryRunner, statement: Sql): Promise<StatementResult> {
  const { dataSource } = runner;
  if (!(dataSource instanceof PostgresDataSource))
    throw new Error('Scans have connections of their own, which this data source lacks.');
  const query = toQuery(statement);
  if (!runner.isTransactionActive) {
    const { rows, rowCount } = await dataSource.scan(query);
    return { rows, affected: rowCount ?? 0 };
  }
  const client: ClientBase = await runner.connect();
  await client.query(`set local statement_timeout = ${dataSource.scanBudgetMs}`);
  const { rows, rowCount } = await client.query(query);
  // After a failure this is undone together with all else, to the savepoint or the beginning.
  await client.query('set local statement_timeout to default');
  return { rows, affected: rowCount ?? 0 };
}

function toQuery(statement: Sql): QueryConfig {
  const { text, values } = statement.print('postgres');
  return { ...preparedName(text), text, values: [...values] };
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
