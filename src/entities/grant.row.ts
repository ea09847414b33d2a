import { IdColumn, InstantColumn, IntegerColumn, JsonColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

@Table('entity_grants')
export class GrantRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'target_id' })
  targetId!: string;

  @IdColumn({ name: 'recipient_entity_id', nullable: true })
  recipientEntityId!: string | null;

  @IdColumn({ name: 'user_id', nullable: true })
  userId!: string | null;

  @JsonColumn({ name: 'data' })
  data!: object;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

@Table('entity_grant_permissions')
export class GrantPermissionRow {
  @IdColumn({ name: 'grant_id', primary: true })
  grantId!: string;

  @IdColumn({ name: 'permission_id', primary: true })
  permissionId!: string;
}
