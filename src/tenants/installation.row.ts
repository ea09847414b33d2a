import { IdColumn, InstantColumn, IntegerColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

/** One row: what is true of the whole installation. */
@Table('installation')
export class InstallationRow {
  @IntegerColumn({ name: 'id', primary: true })
  id!: number;

  @IdColumn({ name: 'default_tenant_id' })
  defaultTenantId!: string;

  @InstantColumn({ name: 'created' })
  created!: number;
}
