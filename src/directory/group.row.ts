import {
  IdColumn,
  InstantColumn,
  IntegerColumn,
  JsonColumn,
  KeyColumn,
  ReferenceColumn,
  SequenceColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';

@Table('groups')
export class GroupRow {
  @SequenceColumn({ name: 'pk' })
  pk!: number;

  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'id' })
  id!: string;

  @TextColumn({ name: 'name' })
  name!: string;

  @KeyColumn({ name: 'display_name_key' })
  displayNameKey!: string;

  /** Empty in the row that holds the name; a row that had its name before keys were so coarse has its old key here. */
  @KeyColumn({ name: 'name_place' })
  namePlace!: string;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @IntegerColumn({ name: 'member_count' })
  memberCount!: number;

  @IdColumn({ name: 'created_by_client', nullable: true })
  createdByClient!: string | null;

  @IdColumn({ name: 'changed_by_client', nullable: true })
  changedByClient!: string | null;

  /** The ids that SCIM clients use for the group, by the ids of their entities. */
  @JsonColumn({ name: 'external_ids' })
  externalIds!: object;

  @JsonColumn({ name: 'profile' })
  profile!: object;

  @JsonColumn({ name: 'data' })
  data!: object;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

/** What groups are looked up by: their external ids. */
@Table('group_external_ids')
export class GroupExternalIdRow {
  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'client_entity_id', primary: true })
  clientEntityId!: string;

  @ReferenceColumn({ name: 'group_pk', primary: true })
  groupPk!: number;

  @KeyColumn({ name: 'external_id' })
  externalId!: string;
}

/** A user or a group in a group: one of `userPk` and `childPk` is set. */
@Table('group_members')
export class GroupMemberRow {
  @SequenceColumn({ name: 'seq' })
  seq!: number;

  @ReferenceColumn({ name: 'group_pk' })
  groupPk!: number;

  @ReferenceColumn({ name: 'user_pk', nullable: true })
  userPk!: number | null;

  @ReferenceColumn({ name: 'child_pk', nullable: true })
  childPk!: number | null;

  @IdColumn({ name: 'id' })
  id!: string;

  @TextColumn({ name: 'display', nullable: true })
  display!: string | null;

  @JsonColumn({ name: 'data' })
  data!: object;

  @InstantColumn({ name: 'created' })
  created!: number;
}
