import { Injectable } from '@nestjs/common';
import type { Page, PageOf } from '../kernel/page.js';
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
  /** What stands before a column that must not be looked for in an index (`withoutIndex`). */
  readonly hint: Sql;
}

const tables: Readonly<Record<CountedKind, Sql>> = {
  user: sql.raw('users'),
  group: sql.raw('groups'),
};

/**
 * Pages of the users or groups of a tenant, in the order in which they came. The numbers of the page's rows are found
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
    const { kind, hint } = list;
    const isWhole = list.where === undefined;
    const position = isWhole
      ? await this.counters.seek(context, kind, page.offset)
      : { pkMin: 0, skip: page.offset };
    if (position === undefined) return [];
    const table = tables[kind];
    const where = list.where ?? sql`${table}.pk >= ${position.pkMin}`;
    return this.unitOfWork.query<Row>(sql`
      select ${list.columns} from (
        select ${table}.pk from ${table} where ${hint}${table}.tenant_id = ${context.tenantId} and ${where}
        order by ${hint}${table}.pk limit ${page.limit} offset ${position.skip}) page
      join ${table} on ${table}.pk = page.pk
      ${joinExternalId(context, kind)} order by page.pk`);
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
