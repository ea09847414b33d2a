import {
  IdColumn,
  InstantColumn,
  IntegerColumn,
  JsonColumn,
  KeyColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

@Table('entities')
export class EntityRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'type_id' })
  typeId!: string;

  @KeyColumn({ name: 'client_id' })
  clientId!: string;

  @TextColumn({ name: 'name' })
  name!: string;

  @KeyColumn({ name: 'name_key' })
  nameKey!: string;

  @IdColumn({ name: 'parent_id', nullable: true })
  parentId!: string | null;

  @JsonColumn({ name: 'data' })
  data!: object;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

@Table('entity_secrets')
export class EntitySecretRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @IdColumn({ name: 'entity_id' })
  entityId!: string;

  @KeyColumn({ name: 'hmac' })
  hmac!: string;

  @TextColumn({ name: 'cipher', nullable: true })
  cipher!: string | null;

  @InstantColumn({ name: 'expires', nullable: true })
  expires!: number | null;

  @InstantColumn({ name: 'created' })
  created!: number;
}
