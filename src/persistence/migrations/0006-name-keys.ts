import { Logger } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { foldCase, textKey } from '../../kernel/text.js';
import type { Later } from './0006-keys.js';
import { reKeyGroups, reKeyLocks, reKeyPeople } from './0006-re-keying.js';
import { keyIndexes, placedTables, plainUserIndexes, rebuild } from './0006-tables.js';
import type { Dialect } from '../dialect.js';
import { columnTypes, dialectOf } from './column-types.js';

/** So many are named one by one; of the others the log says how many they are. */
const warningsMax = 100;

/**
 * Names get keys by the full folding of Unicode, and so does everything that is found without regard to case. Who came
 * later than another of the same name keeps the old key beside the new one, and is named in the log. Addresses need not be
 * unique any more: one person holds an address, others may have it too.
 *
 * The columns of the keys get other names: a server of the version before, which folds otherwise, must not write there.
 */
export class NameKeys0006 implements MigrationInterface {
  readonly name = 'NameKeys1764300000006';
  private readonly logger = new Logger(NameKeys0006.name);

  async up(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    if (dialect === 'sqlite') for (const table of placedTables()) await rebuild(runner, table);
    else for (const statement of placedOnPostgres) await runner.query(statement);
    await runner.query('alter table user_locks rename column login_key to name_key');
    await runner.query(`create table tenant_provisioning (
      tenant_id ${t.id} not null primary key references tenants (id) on delete cascade,
      unique_email ${t.flag} not null,
      changed ${t.instant} not null)`);
    this.warn('user', await reKeyPeople(runner, { from: foldCase, to: textKey }));
    this.warn('group', await reKeyGroups(runner, textKey));
    await reKeyLocks(runner, textKey);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table tenant_provisioning');
    await runner.query('alter table user_locks rename column name_key to login_key');
    await runner.query(`update users set email_key = null where email_place <> ''`);
    await reKeyPeople(runner, { from: textKey, to: foldCase });
    await reKeyGroups(runner, foldCase);
    const dialect = dialectOf(runner);
    const statements = [
      ...apart,
      ...plainColumns(dialect),
      ...uniqueNames[dialect],
      ...plainUserIndexes,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  private warn(kind: 'user' | 'group', later: readonly Later[]): void {
    for (const { tenantId, id, place } of later.slice(0, warningsMax))
      this.logger.warn(
        `The ${kind} ${id} of the tenant ${tenantId} has the name of another ${kind} that came earlier, but for case or ` +
          `white space. It keeps its old key ${JSON.stringify(place)}, and a look-up by that name finds both: rename one.`,
      );
    if (later.length > warningsMax) this.logger.warn(`So do ${later.length - warningsMax} others.`);
  }
}

const placedOnPostgres = [
  'alter table users drop constraint users_login',
  'drop index users_email',
  'alter table users drop column username_key',
  'alter table users rename column login_key to name_key',
  `alter table users add column name_place ${columnTypes('postgres').key} not null default ''`,
  `alter table users add column email_place ${columnTypes('postgres').key} not null default ''`,
  'alter table groups drop constraint groups_name',
  'alter table groups rename column name_key to display_name_key',
  `alter table groups add column name_place ${columnTypes('postgres').key} not null default ''`,
  ...keyIndexes.users,
  ...keyIndexes.groups,
];

/** Whoever would not be unique without a place gets its id into its key. */
const apart = [
  ['users', 'name_key'],
  ['groups', 'display_name_key'],
].map(
  ([
    table,
    key,
  ]) => `update ${table} set ${key} = ${key} || ' ' || id where name_place <> '' and exists (
    select 1 from ${table} other
    where other.tenant_id = ${table}.tenant_id and other.${key} = ${table}.${key} and other.pk <> ${table}.pk)`,
);

/** On SQLite the tables are not made anew, because TypeORM reverts with foreign keys on. */
function plainColumns(dialect: Dialect): string[] {
  return [
    'drop index users_name',
    'drop index users_email',
    'alter table users drop column name_place',
    'alter table users drop column email_place',
    'alter table users rename column name_key to login_key',
    `alter table users add column username_key ${columnTypes(dialect).key}`,
    `update users set username_key = login_key where ${userNameOf[dialect]} is not null`,
    'drop index groups_name',
    'alter table groups drop column name_place',
    'alter table groups rename column display_name_key to name_key',
  ];
}

const userNameOf: Readonly<Record<Dialect, string>> = {
  sqlite: `json_extract(profile, '$.userName')`,
  postgres: `profile::json ->> 'userName'`,
};

const uniqueNames: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: [
    'create unique index users_login on users (tenant_id, login_key)',
    'create unique index groups_name on groups (tenant_id, name_key)',
  ],
  postgres: [
    'alter table users add constraint users_login unique (tenant_id, login_key)',
    'alter table groups add constraint groups_name unique (tenant_id, name_key)',
  ],
};
