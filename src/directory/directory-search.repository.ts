import { Injectable } from '@nestjs/common';
import type { Mark, Page, Stretch } from '../kernel/page.js';
import { limitSql } from '../persistence/limit-sql.js';
import { isAfter, type SortedBy, sortStep } from '../persistence/order-sql.js';
import { truth } from '../persistence/scalar-sql.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { CountedKind } from './counter.repository.js';
import { isScan, type List, tables } from './list.repository.js';

/** A mark in a list of users and groups, whose numbers are apart. */
export interface DirectoryMark extends Mark {
  readonly kind: CountedKind;
}

/** A list whose order is known. */
export interface SortedList extends List {
  readonly sortedBy: SortedBy;
}

interface PlaceRow {
  readonly rank: number;
  readonly pk: number;
  readonly value: Mark['value'];
}

/** Among equals, users come before groups. */
const ranks: Readonly<Record<CountedKind, number>> = { user: 0, group: 1 };

/** Users and groups in one order: what comes when is decided in SQL, and nothing else is read. */
@Injectable()
export class DirectorySearchRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * The places of the rows of a part, in their order; those of the lists are sorted the same way.
   * @throws DomainError too_many, when too many rows would have to be read
   */
  async placesOf(
    context: TenantContext,
    lists: readonly SortedList[],
    part: Page | Stretch<DirectoryMark>,
  ): Promise<DirectoryMark[]> {
    const [first] = lists;
    if (first === undefined || part.limit === 0) return [];
    const { key, isDescending } = first.sortedBy;
    const notNull = lists.every(({ sortedBy }) => sortedBy.key.notNull);
    const step = sortStep(sql`found.sort_key`, { key: { ...key, notNull }, isDescending });
    const offset = 'offset' in part ? part.offset : 0;
    const branches = lists.map((list) => this.branch(context, list, part, offset + part.limit));
    const statement = sql`select found.rank, found.pk, found.sort_key as value
      from (${joinSql(branches, ' union all ')}) found
      order by ${step}, found.rank, found.pk ${limitSql(part.limit, offset, this.unitOfWork.dialect)}`;
    const rows = lists.some((list) => isScan(list, part))
      ? await this.unitOfWork.scan<PlaceRow>(statement)
      : await this.unitOfWork.query<PlaceRow>(statement);
    return rows.map(({ rank, pk, value }) => ({
      kind: rank === ranks.user ? 'user' : 'group',
      pk,
      value,
    }));
  }

  /** No more of each kind than could stand in the part, so that an index can give them. */
  private branch(
    context: TenantContext,
    { kind, where, sortedBy, hint }: SortedList,
    part: Page | Stretch<DirectoryMark>,
    limit: number,
  ): Sql {
    const table = tables[kind];
    const pk = sql`${table}.pk`;
    const after = 'after' in part ? part.after : undefined;
    const isNext = after
      ? isAfter(markIn(kind, after), sortedBy, pk, this.unitOfWork.dialect)
      : truth(true);
    return sql`select * from (
      select ${sql.raw(String(ranks[kind]))} as rank, ${pk}, ${sortedBy.key.expression} as sort_key from ${table}
      where ${hint}${table}.tenant_id = ${context.tenantId} and ${where ?? truth(true)} and ${isNext}
      order by ${sortStep(sql`${hint}sort_key`, sortedBy)}, ${hint}${pk}
      ${limitSql(limit, 0, this.unitOfWork.dialect)}) ${sql.raw(`of_${kind}`)}`;
  }
}

/** Of rows with the mark's value, all of a later kind come after it, and none of an earlier one. */
function markIn(kind: CountedKind, mark: DirectoryMark): Mark {
  if (kind === mark.kind) return mark;
  return { value: mark.value, pk: ranks[kind] < ranks[mark.kind] ? Number.MAX_SAFE_INTEGER : 0 };
}
