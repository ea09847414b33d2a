import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { QueryRunner } from 'typeorm';
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
  const { text, values } = statement.print('postgres');
  const client: ClientBase = await runner.connect();
  const { rows, rowCount } = await client.query({
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
