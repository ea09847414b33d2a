import { Injectable } from '@nestjs/common';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';

export type CountedKind = 'user' | 'group';

/** Several rows for each count, so that creates at the same time do not queue for one. */
const shards = 16;

/** Totals of unfiltered lists, which `count(*)` would take tens of milliseconds for. */
@Injectable()
export class CounterRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Counts one more or one less; last in its transaction, since the row stays locked until the commit.
   * @param pk of the row that came or went: it chooses the shard
   */
  async add(context: TenantContext, kind: CountedKind, pk: number, delta: 1 | -1): Promise<void> {
    await this.unitOfWork.execute(sql`
      insert into counters (tenant_id, kind, shard, n) values (${context.tenantId}, ${kind}, ${pk % shards}, ${delta})
      on conflict (tenant_id, kind, shard) do update set n = counters.n + excluded.n`);
  }

  async total(context: TenantContext, kind: CountedKind): Promise<number> {
    const rows = await this.unitOfWork.query<{ n: number }>(
      sql`select coalesce(sum(n), 0) as n from counters where tenant_id = ${context.tenantId} and kind = ${kind}`,
    );
    return rows[0]?.n ?? 0;
  }
}
