import {
  IdColumn,
  InstantColumn,
  JsonColumn,
  KeyColumn,
  SequenceColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';
import type { Json } from '../kernel/json.js';

@Table('events')
export class EventRow {
  @SequenceColumn({ name: 'seq' })
  seq!: number;

  @IdColumn({ name: 'id' })
  id!: string;

  @IdColumn({ name: 'tenant_id', nullable: true })
  tenantId!: string | null;

  @KeyColumn({ name: 'type' })
  type!: string;

  @KeyColumn({ name: 'actor_kind' })
  actorKind!: string;

  @TextColumn({ name: 'actor_id' })
  actorId!: string;

  @TextColumn({ name: 'request_id' })
  requestId!: string;

  @KeyColumn({ name: 'object_type' })
  objectType!: string;

  @IdColumn({ name: 'object_id' })
  objectId!: string;

  @JsonColumn({ name: 'before', nullable: true })
  before!: Json | null;

  @JsonColumn({ name: 'after', nullable: true })
  after!: Json | null;

  @InstantColumn({ name: 'created' })
  created!: number;
}
