import type { Actor } from '../kernel/actor.js';
import {
  FlagColumn,
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

@Table('users')
export class UserRow {
  @SequenceColumn({ name: 'pk' })
  pk!: number;

  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'id' })
  id!: string;

  @KeyColumn({ name: 'name_key' })
  nameKey!: string;

  /** Empty in the row that holds the name; a row that had its name before keys were so coarse has its old key here. */
  @KeyColumn({ name: 'name_place' })
  namePlace!: string;

  /** Of the address that stands for the user. */
  @KeyColumn({ name: 'email_key', nullable: true })
  emailKey!: string | null;

  /** Empty in the row that holds the address, else since when the row has had it, and its id. */
  @KeyColumn({ name: 'email_place' })
  emailPlace!: string;

  @KeyColumn({ name: 'phone_key', nullable: true })
  phoneKey!: string | null;

  @FlagColumn({ name: 'active' })
  active!: boolean;

  @JsonColumn({ name: 'deactivated_by', nullable: true })
  deactivatedBy!: Actor | null;

  @IntegerColumn({ name: 'version' })
  version!: number;

  @IntegerColumn({ name: 'membership_version' })
  membershipVersion!: number;

  @IdColumn({ name: 'created_by_client', nullable: true })
  createdByClient!: string | null;

  @IdColumn({ name: 'changed_by_client', nullable: true })
  changedByClient!: string | null;

  /** The ids that SCIM clients use for the user, by the ids of their entities. */
  @JsonColumn({ name: 'external_ids' })
  externalIds!: object;

  @JsonColumn({ name: 'profile' })
  profile!: object;

  /** The profile in the form in which searches compare it. */
  @JsonColumn({ name: 'search' })
  search!: object;

  @JsonColumn({ name: 'data' })
  data!: object;

  @InstantColumn({ name: 'created' })
  created!: number;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

/** Apart from the user, so that no read of a user carries it. */
@Table('user_credentials')
export class UserCredentialRow {
  @ReferenceColumn({ name: 'user_pk', primary: true })
  userPk!: number;

  @KeyColumn({ name: 'scheme' })
  scheme!: string;

  @TextColumn({ name: 'hash' })
  hash!: string;

  @TextColumn({ name: 'salt', nullable: true })
  salt!: string | null;

  @IntegerColumn({ name: 'factor', nullable: true })
  factor!: number | null;

  @InstantColumn({ name: 'changed' })
  changed!: number;
}

/** Who locked the name of a person that is gone. */
@Table('user_locks')
export class UserLockRow {
  @IdColumn({ name: 'tenant_id', primary: true })
  tenantId!: string;

  @KeyColumn({ name: 'name_key', primary: true })
  nameKey!: string;

  @JsonColumn({ name: 'locked_by' })
  lockedBy!: Actor;

  @InstantColumn({ name: 'created' })
  created!: number;
}

/** What users are looked up by for equality. */
@Table('user_values')
export class UserValueRow {
  @IdColumn({ name: 'tenant_id', primary: true })
  tenantId!: string;

  @KeyColumn({ name: 'field', primary: true })
  field!: string;

  @KeyColumn({ name: 'value_key', primary: true })
  valueKey!: string;

  /** The type of an address or a number (`work`); empty when it has none, or one that is not looked up by. */
  @KeyColumn({ name: 'value_type', primary: true })
  valueType!: string;

  @ReferenceColumn({ name: 'user_pk', primary: true })
  userPk!: number;
}

/** What users are looked up by: their external ids. */
@Table('user_external_ids')
export class UserExternalIdRow {
  @IdColumn({ name: 'tenant_id' })
  tenantId!: string;

  @IdColumn({ name: 'client_entity_id', primary: true })
  clientEntityId!: string;

  @ReferenceColumn({ name: 'user_pk', primary: true })
  userPk!: number;

  @KeyColumn({ name: 'external_id' })
  externalId!: string;
}
