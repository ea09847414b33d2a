import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { PrintedSql } from './sql.js';

export type Row = Readonly<Record<string, unknown>>;

/** The rows that a statement gave, and how many it changed. */
export interface StatementResult {
  readonly rows: readonly Row[];
  readonly affected: number;
}

/** Runs a statement on a connection to PostgreSQL, prepared where that pays. It has been sent when this returns. */
export async function performOnClient(
  client: ClientBase,
  { text, values }: PrintedSql,
): Promise<StatementResult> {
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
