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

@Table('entity_types')
export class EntityTypeRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @TextColumn({ name: 'name' })
  name!: string;

  @KeyColumn({ name: 'name_key' })
  nameKey!: string;

  @FlagColumn({ name: 'token_settings_enabled' })
  tokenSettingsEnabled!: boolean;

  @IntegerColumn({ name: 'token_lifetime_seconds', nullable: true })
  tokenLifetimeSeconds!: number | null;

  @IdColumn({ name: 'token_key_id', nullable: true })
  tokenKeyId!: string | null;

  @JsonColumn({ name: 'verification_key_ids' })
  verificationKeyIds!: readonly string[];

  @JsonColumn({ name: 'data' })
  data!: object;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

@Table('entity_type_permissions')
export class PermissionRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @IdColumn({ name: 'type_id' })
  typeId!: string;

  @KeyColumn({ name: 'name' })
  name!: string;

  @TextColumn({ name: 'description', nullable: true })
  description!: string | null;

  @FlagColumn({ name: 'is_default' })
  isDefault!: boolean;

  @JsonColumn({ name: 'data' })
  data!: object;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}
