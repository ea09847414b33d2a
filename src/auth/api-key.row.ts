import {
  FlagColumn,
  IdColumn,
  InstantColumn,
  JsonColumn,
  KeyColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';
import type { EndpointPermissions } from './api-key.js';

@Table('api_keys')
export class ApiKeyRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @KeyColumn({ name: 'hmac' })
  hmac!: string;

  @TextColumn({ name: 'cipher', nullable: true })
  cipher!: string | null;

  @IdColumn({ name: 'tenant_id', nullable: true })
  tenantId!: string | null;

  @TextColumn({ name: 'name', nullable: true })
  name!: string | null;

  @FlagColumn({ name: 'key_manager' })
  keyManager!: boolean;

  @FlagColumn({ name: 'retrievable' })
  retrievable!: boolean;

  @JsonColumn({ name: 'endpoints' })
  endpoints!: EndpointPermissions;

  @JsonColumn({ name: 'attributes' })
  attributes!: Readonly<Record<string, string>>;

  @InstantColumn({ name: 'expires', nullable: true })
  expires!: number | null;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}
