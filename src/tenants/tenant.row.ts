import {
  FlagColumn,
  IdColumn,
  InstantColumn,
  IntegerColumn,
  JsonColumn,
  KeyColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';
import type { TenantState } from './tenant.js';

@Table('tenants')
export class TenantRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @TextColumn({ name: 'name' })
  name!: string;

  @KeyColumn({ name: 'name_key' })
  nameKey!: string;

  @TextColumn({ name: 'issuer' })
  issuer!: string;

  @JsonColumn({ name: 'earlier_issuers' })
  earlierIssuers!: readonly string[];

  @KeyColumn({ name: 'state' })
  state!: TenantState;

  @FlagColumn({ name: 'scim_enabled' })
  scimEnabled!: boolean;

  @IdColumn({ name: 'client_type_id', nullable: true })
  clientTypeId!: string | null;

  @IdColumn({ name: 'server_type_id', nullable: true })
  serverTypeId!: string | null;

  @IdColumn({ name: 'token_key_id', nullable: true })
  tokenKeyId!: string | null;

  @IntegerColumn({ name: 'token_lifetime_seconds' })
  tokenLifetimeSeconds!: number;

  @JsonColumn({ name: 'settings' })
  settings!: object;

  @JsonColumn({ name: 'secrets' })
  secrets!: Readonly<Record<string, string>>;

  @JsonColumn({ name: 'data' })
  data!: object;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}
