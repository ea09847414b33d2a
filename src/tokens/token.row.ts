import { IdColumn, InstantColumn, JsonColumn, TextColumn } from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

@Table('tokens')
export class TokenRow {
  @IdColumn({ name: 'jti', primary: true })
  jti!: string;

  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'client_id' })
  clientId!: string;

  @IdColumn({ name: 'target_id', nullable: true })
  targetId!: string | null;

  @IdColumn({ name: 'key_id' })
  keyId!: string;

  @JsonColumn({ name: 'permissions' })
  permissions!: Readonly<Record<string, readonly string[]>>;

  @TextColumn({ name: 'label', nullable: true })
  label!: string | null;

  @InstantColumn({ name: 'issued' })
  issued!: number;

  @InstantColumn({ name: 'ends' })
  ends!: number;

  @InstantColumn({ name: 'revoked_at', nullable: true })
  revokedAt!: number | null;
}
