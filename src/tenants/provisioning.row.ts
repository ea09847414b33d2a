import { FlagColumn, IdColumn, InstantColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

/** A tenant without a row has the defaults. */
@Table('tenant_provisioning')
export class ProvisioningRow {
  @IdColumn({ name: 'tenant_id', primary: true })
  tenantId!: string;

  @FlagColumn({ name: 'unique_email' })
  uniqueEmail!: boolean;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}
