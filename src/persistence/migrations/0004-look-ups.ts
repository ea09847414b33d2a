import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Dialect } from '../dialect.js';
import { type ColumnTypes, columnTypes, dialectOf } from './column-types.js';

/** The lists of which the values have a type. */
const typedFields = `('emails', 'phoneNumbers')`;

/** A table that is kept in the order of its key: SQLite otherwise has the rows in one tree and the key in another. */
const inKeyOrder: Readonly<Record<Dialect, string>> = { sqlite: ' without rowid', postgres: '' };

/**
 * Fewer pages to read and to write for what people are looked up by: a value's type stands beside the value, so that who
 * has an address of a type is found without looking into documents, and SQLite has one tree less for each table.
 */
export class LookUps0004 implements MigrationInterface {
  readonly name = 'LookUps1764300000004';

  async up(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    const statements = [
      ...setAside('user_values', ['user_values_user'], dialect),
      valuesTable(t, ['field', 'value_key', 'value_type'], inKeyOrder[dialect]),
      `insert into user_values (tenant_id, field, value_key, value_type, user_pk)
        select tenant_id, field, value_key, '', user_pk from old_user_values where field not in ${typedFields}`,
      copyOfTyped[dialect],
      'drop table old_user_values',
      'create index user_values_user on user_values (user_pk)',
      ...(dialect === 'sqlite' ? externalIdTables(t, inKeyOrder.sqlite) : []),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    const statements = [
      ...setAside('user_values', ['user_values_user'], dialect),
      valuesTable(t, ['field', 'value_key'], ''),
      `insert into user_values (tenant_id, field, value_key, user_pk)
        select distinct tenant_id, field, value_key, user_pk from old_user_values`,
      'drop table old_user_values',
      'create index user_values_user on user_values (user_pk)',
      ...(dialect === 'sqlite' ? externalIdTables(t, '') : []),
    ];
    for (const statement of statements) await runner.query(statement);
  }
}

/** @param keys what a user is looked up by */
function valuesTable(t: ColumnTypes, keys: readonly string[], options: string): string {
  return `create table user_values (
    tenant_id ${t.id} not null,
    ${keys.map((key) => `${key} ${t.key} not null`).join(', ')},
    user_pk ${t.reference} not null references users (pk) on delete cascade,
    primary key (tenant_id, ${keys.join(', ')}, user_pk))${options}`;
}

/** Types as `typeKey` has them, from the documents that have every text folded. */
const copyOfTyped: Readonly<Record<Dialect, string>> = {
  sqlite: `insert into user_values (tenant_id, field, value_key, value_type, user_pk)
    select old.tenant_id, old.field, old.value_key,
      case when element.value ->> '$.type' not glob '*[^ -~]*' and length(element.value ->> '$.type') between 1 and 64
        then element.value ->> '$.type' else '' end,
      old.user_pk
    from old_user_values old join users on users.pk = old.user_pk
      join json_each(users.search, '$.' || old.field) element on element.value ->> '$.value' = old.value_key
    where old.field in ${typedFields} on conflict do nothing`,
  postgres: `insert into user_values (tenant_id, field, value_key, value_type, user_pk)
    select old.tenant_id, old.field, old.value_key,
      case when element.value ->> 'type' ~ '^[ -~]{1,64}$' then element.value ->> 'type' else '' end,
      old.user_pk
    from old_user_values old join users on users.pk = old.user_pk
      join lateral jsonb_array_elements(users.search -> old.field) element(value)
        on element.value ->> 'value' = old.value_key
    where old.field in ${typedFields} on conflict do nothing`,
};

function externalIdTables(t: ColumnTypes, options: string): string[] {
  return ['user', 'group'].flatMap((kind) => {
    const table = `${kind}_external_ids`;
    return [
      ...setAside(table, [`${table}_value`], 'sqlite'),
      `create table ${table} (
        tenant_id ${t.id} not null,
        client_entity_id ${t.id} not null,
        ${kind}_pk ${t.reference} not null references ${kind}s (pk) on delete cascade,
        value ${t.key} not null,
        primary key (${kind}_pk, client_entity_id))${options}`,
      `insert into ${table} (tenant_id, client_entity_id, ${kind}_pk, value)
        select tenant_id, client_entity_id, ${kind}_pk, value from old_${table} order by ${kind}_pk, client_entity_id`,
      `drop table old_${table}`,
      `create index ${table}_value on ${table} (tenant_id, value, client_entity_id)`,
    ];
  });
}

/** Gives a table another name, so that the one that takes its place can have all the names that went with it. */
function setAside(table: string, indexes: readonly string[], dialect: Dialect): string[] {
  return [
    `alter table ${table} rename to old_${table}`,
    ...(dialect === 'postgres' ? [`alter index ${table}_pkey rename to old_${table}_pkey`] : []),
    ...indexes.map((index) => `drop index ${index}`),
  ];
}
