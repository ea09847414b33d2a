import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type ColumnTypes, columnTypes, dialectOf } from './column-types.js';

/** Every table of the first version. Tenant tables begin their keys with the tenant. */
export class Foundation0001 implements MigrationInterface {
  readonly name = 'Foundation1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const types = columnTypes(dialectOf(runner));
    const statements = [
      ...typeTables(types),
      ...installationTables(types),
      ...machineTables(types),
      ...grantTables(types),
      ...tokenTables(types),
      ...peopleTables(types),
      ...groupTables(types),
      ...userGrantTables(),
      ...eventTables(types),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...tables].reverse()) await runner.query(`drop table ${table}`);
  }
}

const tables = [
  'keys',
  'entity_types',
  'entity_type_permissions',
  'tenants',
  'installation',
  'api_keys',
  'entities',
  'entity_secrets',
  'users',
  'entity_grants',
  'entity_grant_permissions',
  'tokens',
  'user_credentials',
  'user_values',
  'user_external_ids',
  'groups',
  'group_external_ids',
  'group_members',
  'counters',
  'events',
];

function typeTables(t: ColumnTypes): string[] {
  return [
    `create table keys (
      id ${t.id} not null primary key,
      kid ${t.key} not null constraint keys_kid unique,
      name ${t.text} not null,
      algorithm ${t.key} not null,
      cipher ${t.text},
      public_jwk ${t.json} not null,
      state ${t.key} not null,
      not_before ${t.instant} not null,
      retire_after ${t.instant},
      created ${t.instant} not null)`,
    `create table entity_types (
      id ${t.id} not null primary key,
      name ${t.text} not null,
      name_key ${t.key} not null constraint entity_types_name unique,
      token_settings_enabled ${t.flag} not null,
      token_lifetime_seconds ${t.integer},
      token_key_id ${t.id} constraint entity_types_token_key references keys (id),
      verification_key_ids ${t.json} not null,
      data ${t.json} not null,
      version ${t.integer} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null)`,
    `create table entity_type_permissions (
      id ${t.id} not null primary key,
      type_id ${t.id} not null references entity_types (id) on delete cascade,
      name ${t.key} not null,
      description ${t.text},
      is_default ${t.flag} not null,
      data ${t.json} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null,
      constraint entity_type_permissions_name unique (type_id, name))`,
  ];
}

function installationTables(t: ColumnTypes): string[] {
  return [
    `create table tenants (
      id ${t.id} not null primary key,
      name ${t.text} not null,
      name_key ${t.key} not null constraint tenants_name unique,
      issuer ${t.text} not null,
      earlier_issuers ${t.json} not null,
      state ${t.key} not null,
      scim_enabled ${t.flag} not null,
      client_type_id ${t.id} constraint tenants_client_type references entity_types (id),
      server_type_id ${t.id} constraint tenants_server_type references entity_types (id),
      token_key_id ${t.id} constraint tenants_token_key references keys (id),
      token_lifetime_seconds ${t.integer} not null,
      settings ${t.json} not null,
      data ${t.json} not null,
      version ${t.integer} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null)`,
    `create table installation (
      id ${t.integer} not null primary key,
      default_tenant_id ${t.id} not null references tenants (id),
      created ${t.instant} not null)`,
    `create table api_keys (
      id ${t.id} not null primary key,
      hmac ${t.key} not null constraint api_keys_hmac unique,
      cipher ${t.text},
      tenant_id ${t.id} references tenants (id) on delete cascade,
      name ${t.text},
      key_manager ${t.flag} not null,
      retrievable ${t.flag} not null,
      endpoints ${t.json} not null,
      attributes ${t.json} not null,
      expires ${t.instant},
      created ${t.instant} not null,
      changed ${t.instant} not null)`,
    'create index api_keys_tenant on api_keys (tenant_id)',
  ];
}

function machineTables(t: ColumnTypes): string[] {
  return [
    `create table entities (
      id ${t.id} not null primary key,
      tenant_id ${t.id} not null references tenants (id) on delete cascade,
      type_id ${t.id} not null constraint entities_type references entity_types (id),
      client_id ${t.key} not null constraint entities_client_id unique,
      name ${t.text} not null,
      name_key ${t.key} not null,
      parent_id ${t.id},
      data ${t.json} not null,
      version ${t.integer} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null,
      constraint entities_tenant_id unique (tenant_id, id))`,
    'create index entities_name on entities (tenant_id, name_key, id)',
    'create index entities_type on entities (type_id)',
    `create table entity_secrets (
      id ${t.id} not null primary key,
      entity_id ${t.id} not null references entities (id) on delete cascade,
      hmac ${t.key} not null,
      cipher ${t.text},
      expires ${t.instant},
      created ${t.instant} not null)`,
    'create index entity_secrets_entity on entity_secrets (entity_id)',
  ];
}

function grantTables(t: ColumnTypes): string[] {
  return [
    `create table users (
      pk ${t.sequence},
      tenant_id ${t.id} not null references tenants (id) on delete cascade,
      id ${t.id} not null,
      login_key ${t.key} not null,
      username_key ${t.key},
      email_key ${t.key},
      phone_key ${t.key},
      active ${t.flag} not null,
      deactivated_by ${t.json},
      version ${t.integer} not null,
      membership_version ${t.integer} not null,
      created_by_client ${t.id},
      changed_by_client ${t.id},
      profile ${t.json} not null,
      search ${t.searchableJson} not null,
      data ${t.json} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null,
      constraint users_id unique (tenant_id, id),
      constraint users_login unique (tenant_id, login_key))`,
    'create unique index users_username on users (tenant_id, username_key) where username_key is not null',
    'create unique index users_email on users (tenant_id, email_key) where email_key is not null',
    'create unique index users_phone on users (tenant_id, phone_key) where phone_key is not null',
    'create index users_created on users (tenant_id, created, pk)',
    `create table entity_grants (
      id ${t.id} not null primary key,
      tenant_id ${t.id} not null,
      target_id ${t.id} not null,
      recipient_entity_id ${t.id},
      user_id ${t.id},
      data ${t.json} not null,
      version ${t.integer} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null,
      constraint entity_grants_target foreign key (tenant_id, target_id)
        references entities (tenant_id, id) on delete cascade,
      constraint entity_grants_recipient foreign key (tenant_id, recipient_entity_id)
        references entities (tenant_id, id) on delete cascade,
      constraint entity_grants_user foreign key (tenant_id, user_id)
        references users (tenant_id, id) on delete cascade)`,
    `create table entity_grant_permissions (
      grant_id ${t.id} not null references entity_grants (id) on delete cascade,
      permission_id ${t.id} not null references entity_type_permissions (id) on delete cascade,
      primary key (grant_id, permission_id))`,
    'create index entity_grant_permissions_permission on entity_grant_permissions (permission_id)',
  ];
}

/** One grant for each pair of target and recipient; and the way back from a recipient to what it holds. */
function userGrantTables(): string[] {
  return [
    `create unique index entity_grants_pair on entity_grants (target_id, recipient_entity_id)
      where recipient_entity_id is not null`,
    'create unique index entity_grants_user_pair on entity_grants (target_id, user_id) where user_id is not null',
    'create index entity_grants_by_target on entity_grants (tenant_id, target_id)',
    'create index entity_grants_by_recipient on entity_grants (tenant_id, recipient_entity_id)',
    'create index entity_grants_by_user on entity_grants (tenant_id, user_id)',
  ];
}

function tokenTables(t: ColumnTypes): string[] {
  return [
    `create table tokens (
      jti ${t.id} not null primary key,
      tenant_id ${t.id} not null,
      client_id ${t.id} not null,
      target_id ${t.id},
      key_id ${t.id} not null references keys (id),
      permissions ${t.json} not null,
      label ${t.text},
      issued ${t.instant} not null,
      ends ${t.instant} not null,
      revoked_at ${t.instant},
      constraint tokens_client foreign key (tenant_id, client_id)
        references entities (tenant_id, id) on delete cascade)`,
    'create index tokens_by_client on tokens (tenant_id, client_id, ends)',
    'create index tokens_by_end on tokens (ends)',
  ];
}

function peopleTables(t: ColumnTypes): string[] {
  return [
    `create table user_credentials (
      user_pk ${t.reference} not null primary key references users (pk) on delete cascade,
      scheme ${t.key} not null,
      hash ${t.text} not null,
      salt ${t.text},
      factor ${t.integer},
      changed ${t.instant} not null)`,
    `create table user_values (
      tenant_id ${t.id} not null,
      field ${t.key} not null,
      value_key ${t.key} not null,
      user_pk ${t.reference} not null references users (pk) on delete cascade,
      primary key (tenant_id, field, value_key, user_pk))`,
    'create index user_values_user on user_values (user_pk)',
    `create table user_external_ids (
      tenant_id ${t.id} not null,
      client_entity_id ${t.id} not null,
      user_pk ${t.reference} not null references users (pk) on delete cascade,
      value ${t.key} not null,
      primary key (user_pk, client_entity_id))`,
    'create index user_external_ids_value on user_external_ids (tenant_id, value, client_entity_id)',
    `create table counters (
      tenant_id ${t.id} not null references tenants (id) on delete cascade,
      kind ${t.key} not null,
      shard ${t.integer} not null,
      n ${t.integer} not null,
      primary key (tenant_id, kind, shard))`,
  ];
}

function groupTables(t: ColumnTypes): string[] {
  return [
    `create table groups (
      pk ${t.sequence},
      tenant_id ${t.id} not null references tenants (id) on delete cascade,
      id ${t.id} not null,
      name ${t.text} not null,
      name_key ${t.key} not null,
      version ${t.integer} not null,
      member_count ${t.integer} not null,
      created_by_client ${t.id},
      changed_by_client ${t.id},
      profile ${t.json} not null,
      data ${t.json} not null,
      created ${t.instant} not null,
      changed ${t.instant} not null,
      constraint groups_id unique (tenant_id, id),
      constraint groups_name unique (tenant_id, name_key))`,
    'create index groups_created on groups (tenant_id, created, pk)',
    `create table group_external_ids (
      tenant_id ${t.id} not null,
      client_entity_id ${t.id} not null,
      group_pk ${t.reference} not null references groups (pk) on delete cascade,
      value ${t.key} not null,
      primary key (group_pk, client_entity_id))`,
    'create index group_external_ids_value on group_external_ids (tenant_id, value, client_entity_id)',
    `create table group_members (
      seq ${t.sequence},
      group_pk ${t.reference} not null references groups (pk) on delete cascade,
      user_pk ${t.reference} references users (pk) on delete cascade,
      child_pk ${t.reference} references groups (pk) on delete cascade,
      id ${t.id} not null,
      display ${t.text},
      data ${t.json} not null,
      created ${t.instant} not null)`,
    'create unique index group_members_user on group_members (group_pk, user_pk) where user_pk is not null',
    'create unique index group_members_child on group_members (group_pk, child_pk) where child_pk is not null',
    'create index group_members_by_user on group_members (user_pk, group_pk)',
    'create index group_members_by_child on group_members (child_pk, group_pk)',
    'create index group_members_order on group_members (group_pk, seq)',
  ];
}

/** Append-only and without foreign keys: what happened outlives what it happened to. */
function eventTables(t: ColumnTypes): string[] {
  return [
    `create table events (
      seq ${t.sequence},
      id ${t.id} not null,
      tenant_id ${t.id},
      type ${t.key} not null,
      actor_kind ${t.key} not null,
      actor_id ${t.text} not null,
      request_id ${t.text} not null,
      object_type ${t.key} not null,
      object_id ${t.id} not null,
      before ${t.json},
      after ${t.json},
      created ${t.instant} not null)`,
    'create index events_by_tenant on events (tenant_id, seq)',
    'create index events_by_object on events (object_id, seq)',
  ];
}
