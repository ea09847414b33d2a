import { IdColumn, IntegerColumn, KeyColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

/** How many of a kind a tenant has: the sum over the shards. */
@Table('counters')
export class CounterRow {
  @IdColumn({ name: 'tenant_id', primary: true })
  tenantId!: string;

  @KeyColumn({ name: 'kind', primary: true })
  kind!: string;

  @IntegerColumn({ name: 'shard', primary: true })
  shard!: number;

  @IntegerColumn({ name: 'n' })
  n!: number;
}
