import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Dialect } from '../dialect.js';
import { type ColumnTypes, columnTypes, dialectOf } from './column-types.js';

/** The lists of which the values have a type. */
const typedFields = `('emails', 'phoneNumbers')`;

/** SQLite otherwise keeps the rows in one tree and their primary key, which is nearly all of them, in another. */
const withoutRowid: Readonly<Record<Dialect, string>> = { sqlite: ' without rowid', postgres: '' };

/**
 * Fewer pages to read for a look-up: a value's type stands beside the value, so that who has an address of a type is
 * found without looking into documents, and on SQLite the tables that are looked up by their key are no more than that.
 */
export class LookUps0004 implements MigrationInterface {
  readonly name = 'LookUps1764300000004';

  async up(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    const statements = [
      typedValuesTable('new_values', t, withoutRowid[dialect]),
      `insert into new_values (tenant_id, field, value_key, value_type, user_pk)
        select tenant_id, field, value_key, '', user_pk from user_values where field not in ${typedFields}`,
      copyOfTyped[dialect],
      ...replaced('user_values', 'new_values', dialect),
      'create index user_values_user on user_values (user_pk)',
      ...(dialect === 'sqlite' ? externalIdTables(t, withoutRowid.sqlite) : []),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    const statements = [
      `create table new_values (
        tenant_id ${t.id} not null,
        field ${t.key} not null,
        value_key ${t.key} not null,
        user_pk ${t.reference} not null references users (pk) on delete cascade,
        primary key (tenant_id, field, value_key, user_pk))`,
      `insert into new_values (tenant_id, field, value_key, user_pk)
        select distinct tenant_id, field, value_key, user_pk from user_values`,
      ...replaced('user_values', 'new_values', dialect),
      'create index user_values_user on user_values (user_pk)',
      ...(dialect === 'sqlite' ? externalIdTables(t, '') : []),
    ];
    for (const statement of statements) await runner.query(statement);
  }
}

function typedValuesTable(name: string, t: ColumnTypes, options: string): string {
  return `create table ${name} (
    tenant_id ${t.id} not null,
    field ${t.key} not null,
    value_key ${t.key} not null,
    value_type ${t.key} not null,
    user_pk ${t.reference} not null references users (pk) on delete cascade,
    primary key (tenant_id, field, value_key, value_type, user_pk))${options}`;
}

/** Types as `typeKey` has them, from the documents that have every text folded. */
const copyOfTyped: Readonly<Record<Dialect, string>> = {
  sqlite: `insert into new_values (tenant_id, field, value_key, value_type, user_pk)
    select old.tenant_id, old.field, old.value_key,
      case when element.value ->> '$.type' not glob '*[^ -~]*' and length(element.value ->> '$.type') between 1 and 64
        then element.value ->> '$.type' else '' end,
      old.user_pk
    from user_values old join users on users.pk = old.user_pk
      join json_each(users.search, '$.' || old.field) element on element.value ->> '$.value' = old.value_key
    where old.field in ${typedFields} on conflict do nothing`,
  postgres: `insert into new_values (tenant_id, field, value_key, value_type, user_pk)
    select old.tenant_id, old.field, old.value_key,
      case when element.value ->> 'type' ~ '^[ -~]{1,64}$' then element.value ->> 'type' else '' end,
      old.user_pk
    from user_values old join users on users.pk = old.user_pk
      join lateral jsonb_array_elements(users.search -> old.field) element(value)
        on element.value ->> 'value' = old.value_key
    where old.field in ${typedFields} on conflict do nothing`,
};

function externalIdTables(t: ColumnTypes, options: string): string[] {
  return ['user', 'group'].flatMap((kind) => [
    `create table new_ids (
      tenant_id ${t.id} not null,
      client_entity_id ${t.id} not null,
      ${kind}_pk ${t.reference} not null references ${kind}s (pk) on delete cascade,
      value ${t.key} not null,
      primary key (${kind}_pk, client_entity_id))${options}`,
    `insert into new_ids (tenant_id, client_entity_id, ${kind}_pk, value)
      select tenant_id, client_entity_id, ${kind}_pk, value from ${kind}_external_ids order by ${kind}_pk, client_entity_id`,
    ...replaced(`${kind}_external_ids`, 'new_ids', 'sqlite'),
    `create index ${kind}_external_ids_value on ${kind}_external_ids (tenant_id, value, client_entity_id)`,
  ]);
}

/** What PostgreSQL names after a table keeps that name when the table gets another. */
function replaced(table: string, by: string, dialect: Dialect): string[] {
  return [
    `drop table ${table}`,
    `alter table ${by} rename to ${table}`,
    ...(dialect === 'postgres'
      ? [
          `alter table ${table} rename constraint ${by}_pkey to ${table}_pkey`,
          `alter table ${table} rename constraint ${by}_user_pk_fkey to ${table}_user_pk_fkey`,
        ]
      : []),
  ];
}
