import type { Page, PageOf } from '../kernel/page.js';
import { limitSql } from './limit-sql.js';
import { joinSql, sql, type Sql } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

/** One step of an order: a column expression and its direction. */
export interface OrderStep {
  readonly expression: Sql;
  readonly isDescending: boolean;
}

/**
 * The ids of one page of a table, and how many rows meet the condition in all.
 * `from` is the table, with joins where the condition needs them; `id` the expression selected; `isScan` whether very
 * many rows may have to be read.
 * @throws DomainError too_many, when too many rows would have to be read
 */
export async function pageOfIds(
  unitOfWork: UnitOfWork,
  query: { id: Sql; from: Sql; where: Sql; order: readonly OrderStep[]; isScan: boolean },
  page: Page,
): Promise<PageOf<string>> {
  const steps = [...query.order, { expression: query.id, isDescending: false }].map(
    (step) => sql`${step.expression} ${sql.raw(step.isDescending ? 'desc' : 'asc')}`,
  );
  const read = <Row>(statement: Sql) =>
    query.isScan ? unitOfWork.scan<Row>(statement) : unitOfWork.query<Row>(statement);
  const rows = await read<{ id: string }>(sql`
    select ${query.id} as id from ${query.from} where ${query.where}
    order by ${joinSql(steps, ', ')} ${limitSql(page.limit, page.offset, unitOfWork.dialect)}`);
  const counts = await read<{ n: number | string }>(
    sql`select count(*) as n from ${query.from} where ${query.where}`,
  );
  return { items: rows.map((row) => row.id), total: Number(counts[0]?.n ?? 0) };
}

/** Puts rows that were loaded by id into the order of the ids. */
export function inOrderOf<Row extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** So many ids in one statement, whose rows, and a few that hang on each, arrive well within its time. */
const idsPerRead = 1_000;

/** Reads what belongs to very many ids in several statements of a bounded size. */
export async function readInParts<Row>(
  ids: readonly string[],
  read: (ids: string[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < ids.length; start += idsPerRead) {
    for (const row of await read(ids.slice(start, start + idsPerRead))) rows.push(row);
  }
  return rows;
}

/** The rows of each owner, for rows that were loaded for many owners at once; in the order in which they came. */
export function groupedBy<Row>(
  rows: readonly Row[],
  ownerOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const owner = ownerOf(row);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [row]);
    else group.push(row);
  }
  return groups;
}
