import { Injectable } from '@nestjs/common';
import type { Dialect } from '../persistence/dialect.js';
import { LateWriter, LateWrites } from '../persistence/late-writes.js';
import { joinSql, sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { chunksOf } from './json-rows.js';

export type CountedKind = 'user' | 'group';

/** Several rows for each count, so that creates at the same time do not queue for one; SQLite has one writer. */
const shards: Readonly<Record<Dialect, number>> = { sqlite: 1, postgres: 16 };

/** Few enough for their parameters to be within every database's limit. */
const countsPerStatement = 1_000;

/** A page of a list is at most so many rows away from a block's first. */
const numbersPerBlock = 4_096;

/** How many rows of a block came, less those that went. */
interface Count {
  readonly tenantId: string;
  readonly kind: CountedKind;
  readonly block: number;
  readonly shard: number;
  readonly n: number;
}

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
  private readonly writer = new LateWriter<Count>((counts) => this.writeAll(counts));

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly lateWrites: LateWrites,
  ) {}

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
    const { tenantId } = context;
    const shardsOfBlock = shards[this.unitOfWork.dialect];
    const counts = pks.map((pk) => ({
      tenantId,
      kind,
      block: blockOf(pk),
      shard: pk % shardsOfBlock,
      n: delta,
    }));
    await this.lateWrites.write(this.writer, counts);
  }

  async total(context: TenantContext, kind: CountedKind): Promise<number> {
    const rows = await this.unitOfWork.query<{ n: number }>(
      sql`select coalesce(sum(n), 0) as n from counters where tenant_id = ${context.tenantId} and kind = ${kind}`,
      'look-up',
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
    const [found] = await this.unitOfWork.query<{ block: number; before: number }>(
      sql`
      with blocks as (
        select block, sum(n) as n from counters where tenant_id = ${context.tenantId} and kind = ${kind} group by block),
      runs as (select block, n, sum(n) over (order by block) as upto from blocks)
      select block, upto - n as before from runs where upto > ${offset} order by block limit 1`,
      'look-up',
    );
    return found && { pkMin: found.block * numbersPerBlock, skip: offset - found.before };
  }

  /** In one order for all, or two that count in the same places would wait for each other. */
  private async writeAll(counts: readonly Count[]): Promise<void> {
    const sums = new Map<string, Count>();
    for (const count of counts) {
      const key = `${count.tenantId} ${count.kind} ${count.block} ${count.shard}`;
      sums.set(key, { ...count, n: count.n + (sums.get(key)?.n ?? 0) });
    }
    const ordered = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const chunk of chunksOf(ordered, countsPerStatement)) {
      const rows = chunk.map(
        ([, { tenantId, kind, block, shard, n }]) =>
          sql`(${tenantId}, ${kind}, ${block}, ${shard}, ${n})`,
      );
      await this.unitOfWork.send(sql`
        insert into counters (tenant_id, kind, block, shard, n) values ${joinSql(rows, ', ')}
        on conflict (tenant_id, kind, block, shard) do update set n = counters.n + excluded.n`);
    }
  }
}

function blockOf(pk: number): number {
  return Math.floor(pk / numbersPerBlock);
}
