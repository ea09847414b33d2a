import { Injectable } from '@nestjs/common';
import { joinSql, sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';

export type CountedKind = 'user' | 'group';

/** Several rows for each count, so that creates at the same time do not queue for one. */
const shards = 16;

/** A page of a list is at most so many rows away from a block's first. */
const numbersPerBlock = 4_096;

/** Where a list is to be read from to come to a position in it: `skip` rows after the first that is not below `pkMin`. */
export interface Position {
  readonly pkMin: number;
  readonly skip: number;
}

/**
 * How many users and groups a tenant has, by blocks of their row numbers. The sum is the total of an unfiltered list,
 * which `count(*)` would take tens of milliseconds for, and the sums before it tell where a page begins.
 */
@Injectable()
export class CounterRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Counts each of the rows as come or gone; last in its transaction, since what is counted in stays locked until the
   * commit.
   * @param pks of the rows: they choose block and shard
   */
  async add(
    context: TenantContext,
    kind: CountedKind,
    pks: readonly number[],
    delta: 1 | -1,
  ): Promise<void> {
    const sums = new Map<string, { block: number; shard: number; n: number }>();
    for (const pk of pks) {
      const [block, shard] = [blockOf(pk), pk % shards];
      const n = sums.get(`${block} ${shard}`)?.n ?? 0;
      sums.set(`${block} ${shard}`, { block, shard, n: n + delta });
    }
    if (sums.size === 0) return;
    const rows = [...sums.values()].map(
      ({ block, shard, n }) => sql`(${context.tenantId}, ${kind}, ${block}, ${shard}, ${n})`,
    );
    await this.unitOfWork.execute(sql`
      insert into counters (tenant_id, kind, block, shard, n) values ${joinSql(rows, ', ')}
      on conflict (tenant_id, kind, block, shard) do update set n = counters.n + excluded.n`);
  }

  async total(context: TenantContext, kind: CountedKind): Promise<number> {
    const rows = await this.unitOfWork.query<{ n: number }>(
      sql`select coalesce(sum(n), 0) as n from counters where tenant_id = ${context.tenantId} and kind = ${kind}`,
    );
    return rows[0]?.n ?? 0;
  }

  /**
   * Where the list of all in the order of their numbers has its row number `offset`, counted from 0.
   * @returns undefined when the list is not so long
   */
  async seek(
    context: TenantContext,
    kind: CountedKind,
    offset: number,
  ): Promise<Position | undefined> {
    if (offset < numbersPerBlock) return { pkMin: 0, skip: offset };
    const [found] = await this.unitOfWork.query<{ block: number; before: number }>(sql`
      with blocks as (
        select block, sum(n) as n from counters where tenant_id = ${context.tenantId} and kind = ${kind} group by block),
      runs as (select block, n, sum(n) over (order by block) as upto from blocks)
      select block, upto - n as before from runs where upto > ${offset} order by block limit 1`);
    return found && { pkMin: found.block * numbersPerBlock, skip: offset - found.before };
  }
}

function blockOf(pk: number): number {
  return Math.floor(pk / numbersPerBlock);
}
