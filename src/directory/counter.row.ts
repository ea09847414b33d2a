import { IdColumn, IntegerColumn, KeyColumn, ReferenceColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

/** How many of a kind a tenant has among the row numbers of a block: the sum over the shards. */
@Table('counters')
export class CounterRow {
  @IdColumn({ name: 'tenant_id', primary: true })
  tenantId!: string;

  @KeyColumn({ name: 'kind', primary: true })
  kind!: string;

  @ReferenceColumn({ name: 'block', primary: true })
  block!: number;

  @IntegerColumn({ name: 'shard', primary: true })
  shard!: number;

  @IntegerColumn({ name: 'n' })
  n!: number;
}
