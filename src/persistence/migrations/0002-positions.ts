import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dialectOf } from './column-types.js';

/** How many row numbers one count stands for, and over how many rows it is spread: as `CounterRepository` has it. */
const numbersPerBlock = 4_096;
const shards = 16;

/**
 * Counts users and groups by the block of their row numbers, so that any page of a long list is found without
 * stepping over all that come before it, and puts lists in the order of those numbers.
 */
export class Positions0002 implements MigrationInterface {
  readonly name = 'Positions1764100000002';

  async up(runner: QueryRunner): Promise<void> {
    const t = columnTypes(dialectOf(runner));
    const statements = [
      'drop table counters',
      `create table counters (
        tenant_id ${t.id} not null references tenants (id) on delete cascade,
        kind ${t.key} not null,
        block ${t.reference} not null,
        shard ${t.integer} not null,
        n ${t.integer} not null,
        primary key (tenant_id, kind, block, shard))`,
      ...['user', 'group'].map(
        (kind) => `insert into counters (tenant_id, kind, block, shard, n)
          select tenant_id, '${kind}', pk / ${numbersPerBlock}, pk % ${shards}, count(*) from ${kind}s
          group by tenant_id, pk / ${numbersPerBlock}, pk % ${shards}`,
      ),
      'drop index users_created',
      'drop index groups_created',
      'create index users_order on users (tenant_id, pk)',
      'create index groups_order on groups (tenant_id, pk)',
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const t = columnTypes(dialectOf(runner));
    const statements = [
      'drop index users_order',
      'drop index groups_order',
      'create index users_created on users (tenant_id, created, pk)',
      'create index groups_created on groups (tenant_id, created, pk)',
      `create table counters_by_shard (
        tenant_id ${t.id} not null references tenants (id) on delete cascade,
        kind ${t.key} not null,
        shard ${t.integer} not null,
        n ${t.integer} not null,
        primary key (tenant_id, kind, shard))`,
      `insert into counters_by_shard (tenant_id, kind, shard, n)
        select tenant_id, kind, shard, sum(n) from counters group by tenant_id, kind, shard`,
      'drop table counters',
      'alter table counters_by_shard rename to counters',
    ];
    for (const statement of statements) await runner.query(statement);
  }
}
