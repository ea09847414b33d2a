import type { QueryRunner } from 'typeorm';
import { dialectOf } from './column-types.js';

/** Columns of rows that travel as one parameter, and their types on PostgreSQL. */
type Types<Name extends string> = Readonly<Record<Name, 'text' | 'bigint'>>;

/** Runs a statement with `?` for each of its parameters, on both databases. */
export async function run<Row>(
  runner: QueryRunner,
  statement: string,
  parameters: readonly (string | number)[] = [],
): Promise<Row[]> {
  let index = 0;
  const numbered =
    dialectOf(runner) === 'postgres' ? statement.replace(/\?/g, () => `$${++index}`) : statement;
  const rows: unknown = await runner.query(numbered, [...parameters]);
  return Array.isArray(rows) ? rows : [];
}

/** A table called `given` of rows that are one parameter, a JSON text. */
export function givenRows<Name extends string>(runner: QueryRunner, types: Types<Name>): string {
  const columns = Object.entries(types);
  if (dialectOf(runner) === 'postgres')
    return `jsonb_to_recordset(?::jsonb) as given(${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`;
  const cells = columns.map(([name]) => `json_extract(each.value, '$.${name}') as ${name}`);
  return `(select ${cells.join(', ')} from json_each(?) as each) as given`;
}

/**
 * Whether folding may change a text in a way that lower case does not: it has characters beyond printable ASCII, or
 * blanks that are not single between words. In the JSON of a document backslashes stand for some of these.
 */
export function mayFold(runner: QueryRunner, column: string, kind: 'text' | 'document'): string {
  const ends = kind === 'text' ? ['^ ', ' $'] : ['" ', ' "', '\\\\'];
  if (dialectOf(runner) === 'postgres') return `${column} ~ '[^ -~]|  |${ends.join('|')}'`;
  const parts =
    kind === 'text'
      ? [`${column} glob ' *'`, `${column} glob '* '`]
      : ['" ', ' "', '\\'].map((part) => `instr(${column}, '${part}') > 0`);
  return `(${column} glob '*[^ -~]*' or instr(${column}, '  ') > 0 or ${parts.join(' or ')})`;
}
