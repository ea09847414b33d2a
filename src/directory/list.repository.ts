import { Injectable } from '@nestjs/common';
import type { Page, PageOf } from '../kernel/page.js';
import { type SortedBy, sortStep } from '../persistence/order-sql.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { type CountedKind, CounterRepository } from './counter.repository.js';
import { joinExternalId } from './external-id.repository.js';

/** What is listed, and of which rows. */
export interface List {
  readonly kind: CountedKind;
  /** What is selected of a row of `users` or `groups`, and of its `external` id. */
  readonly columns: Sql;
  /** Over the same rows; undefined for all of them. */
  readonly where: Sql | undefined;
  /** Undefined for the order in which the rows came. */
  readonly sortedBy: SortedBy | undefined;
  /** What stands before a column that must not be looked for in an index (`withoutIndex`). */
  readonly hint: Sql;
}

const tables: Readonly<Record<CountedKind, Sql>> = {
  user: sql.raw('users'),
  group: sql.raw('groups'),
};

/**
 * Pages of the users or groups of a tenant, in the order in which they came or in another. The numbers of the page's rows are found
 * first, and what is to be shown of them is joined to those alone.
 */
@Injectable()
export class ListRepository {
  constructor(
    private readonly counters: CounterRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The total of all rows is counted as they come and go, that of some of them here. */
  async pageOf<Row>(context: TenantContext, list: List, page: Page): Promise<PageOf<Row>> {
    const items = page.limit === 0 ? [] : await this.rowsOf<Row>(context, list, page);
    if (list.where === undefined)
      return { items, total: await this.counters.total(context, list.kind) };
    const isLastPage = items.length < page.limit && (items.length > 0 || page.offset === 0);
    return {
      items,
      total: isLastPage
        ? page.offset + items.length
        : await this.count(context, list.kind, list.where, list.hint),
    };
  }

  private async rowsOf<Row>(context: TenantContext, list: List, page: Page): Promise<Row[]> {
    const { kind, hint, sortedBy } = list;
    const table = tables[kind];
    const part = await this.partOf(context, list, page.offset);
    if (part === undefined) return [];
    const sortKey = sortedBy ? sql`, ${sortedBy.key.expression} as sort_key` : sql``;
    const [inner, outer] = sortedBy
      ? [
          sql`${sortStep(sql`${hint}sort_key`, sortedBy)}, `,
          sql`${sortStep(sql`page.sort_key`, sortedBy)}, `,
        ]
      : [sql``, sql``];
    return this.unitOfWork.query<Row>(sql`
      select ${list.columns} from (
        select ${table}.pk${sortKey} from ${table}
        where ${hint}${table}.tenant_id = ${context.tenantId} and ${part.where}
        order by ${inner}${hint}${table}.pk limit ${page.limit} offset ${part.skip}) page
      join ${table} on ${table}.pk = page.pk
      ${joinExternalId(context, kind)} order by ${outer}page.pk`);
  }

  /** Which rows to read and how many of them to skip; undefined when the list is not so long. */
  private async partOf(
    context: TenantContext,
    { kind, where, sortedBy }: List,
    offset: number,
  ): Promise<{ readonly where: Sql; readonly skip: number } | undefined> {
    if (where !== undefined || sortedBy !== undefined)
      return { where: where ?? sql`1 = 1`, skip: offset };
    const position = await this.counters.seek(context, kind, offset);
    return position && { where: sql`${tables[kind]}.pk >= ${position.pkMin}`, skip: position.skip };
  }

  private async count(
    context: TenantContext,
    kind: CountedKind,
    where: Sql,
    hint: Sql,
  ): Promise<number> {
    const table = tables[kind];
    const rows = await this.unitOfWork.query<{ n: number }>(
      sql`select count(*) as n from ${table} where ${hint}${table}.tenant_id = ${context.tenantId} and ${where}`,
    );
    return rows[0]?.n ?? 0;
  }
}
