import { Injectable } from '@nestjs/common';
import type { Page, PartOf, Stretch } from '../kernel/page.js';
import { limitSql } from '../persistence/limit-sql.js';
import { isAfter, type SortedBy, sortStep } from '../persistence/order-sql.js';
import { truth } from '../persistence/scalar-sql.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { type CountedKind, CounterRepository } from './counter.repository.js';

/** What is listed, and of which rows. */
export interface List {
  readonly kind: CountedKind;
  /** What is selected of a row of `users` or `groups`. */
  readonly columns: Sql;
  /** Over the same rows; undefined for all of them. */
  readonly where: Sql | undefined;
  /** Whether what meets `where` is few, and found by an index. */
  readonly isFew: boolean;
  /** Undefined for the order in which the rows came. */
  readonly sortedBy: SortedBy | undefined;
  /** Whether an index has all rows in that order. */
  readonly isInOrder: boolean;
  /** What stands before a column that must not be looked for in an index (`withoutIndex`). */
  readonly hint: Sql;
}

/** What a row has beside the columns of its list. */
export interface Listed {
  readonly pk: number;
  /** In a sorted list. */
  readonly sort_key?: string | number | null;
}

/** The tables of the lists. */
export const tables: Readonly<Record<CountedKind, Sql>> = {
  user: sql.raw('users'),
  group: sql.raw('groups'),
};

/** In an order that an index has, so many rows are stepped over on the way to a page like nothing. */
const rowsSteppedMax = 10_000;

/** Whether the rows of a part are found only by reading many others. */
export function isScan(list: List, part: Page | Stretch): boolean {
  if (list.where !== undefined) return !list.isFew;
  if (list.sortedBy === undefined) return false;
  return !list.isInOrder || ('offset' in part && part.offset > rowsSteppedMax);
}

/**
 * Pages and stretches of the users or groups of a tenant, in the order in which they came or in another. The numbers of
 * the page's rows are found first, and what is to be shown of them is joined to those alone, unless they are few anyway.
 */
@Injectable()
export class ListRepository {
  constructor(
    private readonly counters: CounterRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The total of all rows is counted as they come and go, that of some of them here.
   * @throws DomainError too_many, when too many rows would have to be read
   */
  async partOf<Row extends Listed>(
    context: TenantContext,
    list: List,
    part: Page | Stretch,
  ): Promise<PartOf<Row>> {
    // One row more than is asked for shows whether there is anything after a stretch.
    const wanted = 'after' in part && part.limit > 0 ? part.limit + 1 : part.limit;
    const rows =
      wanted === 0 ? [] : await this.rowsOf<Row>(context, list, { ...part, limit: wanted });
    const items = rows.slice(0, part.limit);
    const last = rows.length > items.length ? items.at(-1) : undefined;
    const seen = list.where === undefined ? undefined : findTotal(part, wanted, rows.length);
    return {
      items,
      total: seen ?? (await this.totalOf(context, list)),
      next: last && { pk: last.pk, value: last.sort_key ?? null },
    };
  }

  /** @throws DomainError too_many, when too many rows would have to be read to count them */
  async totalOf(context: TenantContext, list: List): Promise<number> {
    return list.where === undefined
      ? this.counters.total(context, list.kind)
      : this.count(context, list, list.where);
  }

  private async rowsOf<Row>(
    context: TenantContext,
    list: List,
    part: Page | Stretch,
  ): Promise<Row[]> {
    const { kind, hint, sortedBy } = list;
    const table = tables[kind];
    const range = await this.rangeOf(context, list, part);
    if (range === undefined) return [];
    const [sortKey, shownKey, inner, outer] = sortedBy
      ? [
          sql`, ${sortedBy.key.expression} as sort_key`,
          sql`, page.sort_key`,
          sql`${sortStep(sql`${hint}sort_key`, sortedBy)}, `,
          sql`${sortStep(sql`page.sort_key`, sortedBy)}, `,
        ]
      : [sql``, sql``, sql``, sql``];
    const rows = (columns: Sql) => sql`
      select ${columns}${sortKey} from ${table}
      where ${hint}${table}.tenant_id = ${context.tenantId} and ${range.where}
      order by ${inner}${hint}${table}.pk ${limitSql(part.limit, range.skip, this.unitOfWork.dialect)}`;
    const statement = list.isFew
      ? rows(list.columns)
      : sql`
          select ${list.columns}${shownKey} from (${rows(sql`${table}.pk`)}) page
          join ${table} on ${table}.pk = page.pk order by ${outer}page.pk`;
    return isScan(list, part)
      ? this.unitOfWork.scan<Row>(statement)
      : this.unitOfWork.query<Row>(statement, 'look-up');
  }

  /** Which rows to read and how many of them to skip; undefined when the list is not so long. */
  private async rangeOf(
    context: TenantContext,
    { kind, where, sortedBy }: List,
    part: Page | Stretch,
  ): Promise<{ readonly where: Sql; readonly skip: number } | undefined> {
    const pk = sql`${tables[kind]}.pk`;
    const isChosen = where ?? truth(true);
    if ('after' in part) {
      const { after } = part;
      if (after === undefined) return { where: isChosen, skip: 0 };
      const isNext = isAfter(after, sortedBy, pk, this.unitOfWork.dialect);
      return { where: sql`${isChosen} and ${isNext}`, skip: 0 };
    }
    if (where !== undefined || sortedBy !== undefined)
      return { where: isChosen, skip: part.offset };
    const position = await this.counters.seek(context, kind, part.offset);
    return position && { where: sql`${pk} >= ${position.pkMin}`, skip: position.skip };
  }

  private async count(
    context: TenantContext,
    { kind, hint, isFew }: List,
    where: Sql,
  ): Promise<number> {
    const table = tables[kind];
    const statement = sql`select count(*) as n from ${table} where ${hint}${table}.tenant_id = ${context.tenantId} and ${where}`;
    const rows = isFew
      ? await this.unitOfWork.query<{ n: number }>(statement, 'look-up')
      : await this.unitOfWork.scan<{ n: number }>(statement);
    return rows[0]?.n ?? 0;
  }
}

/** The total of a list whose end and beginning were seen. */
function findTotal(part: Page | Stretch, wanted: number, found: number): number | undefined {
  if (found >= wanted) return undefined;
  if ('after' in part) return part.after === undefined ? found : undefined;
  return found > 0 || part.offset === 0 ? part.offset + found : undefined;
}
