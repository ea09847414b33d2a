import type { QueryRunner } from 'typeorm';
import { run } from './0006-statements.js';
import { type ColumnTypes, columnTypes } from './column-types.js';

type Table = 'users' | 'groups';

/** How a table is made anew: what it is then, and what each of its columns has from the old one. */
export interface Rebuilt {
  readonly table: Table;
  readonly columns: string;
  readonly values: Readonly<Record<string, string>>;
  readonly indexes: readonly string[];
}

/** Until a statement ends, SQLite keeps all pages that it changes as they were before, in memory. */
const rowsPerStatement = 10_000;

/**
 * Makes a table anew: SQLite cannot take a constraint from one that is there. Other tables go on to refer to it by its
 * name.
 * @throws Error when foreign keys are on: dropping the old table would delete all that refers to its rows
 */
export async function rebuild(
  runner: QueryRunner,
  { table, columns, values, indexes }: Rebuilt,
): Promise<void> {
  const [setting] = await run<{ foreign_keys: number }>(runner, 'pragma foreign_keys');
  if (setting?.foreign_keys !== 0)
    throw new Error(`Foreign keys must be off while the table ${table} is made anew.`);
  const [sequence] = await run<{ seq: number }>(
    runner,
    `select seq from sqlite_sequence where name = '${table}'`,
  );
  const last = sequence?.seq ?? 0;
  await runner.query(`create table new_${table} (${columns})`);
  const names = Object.keys(values).join(', ');
  const cells = Object.values(values).join(', ');
  for (let after = 0; after < last; after += rowsPerStatement)
    await run(
      runner,
      `insert into new_${table} (${names}) select ${cells} from ${table} where pk > ? and pk <= ? order by pk`,
      [after, after + rowsPerStatement],
    );
  await runner.query(`drop table ${table}`);
  await runner.query(`alter table new_${table} rename to ${table}`);
  // The numbers of rows that are gone are not given again.
  await runner.query(`delete from sqlite_sequence where name = '${table}'`);
  await run(runner, `insert into sqlite_sequence (name, seq) values ('${table}', ?)`, [last]);
  for (const index of indexes) await runner.query(index);
}

const kept = {
  users: [
    'pk',
    'tenant_id',
    'id',
    'phone_key',
    'active',
    'deactivated_by',
    'version',
    'membership_version',
    'created_by_client',
    'changed_by_client',
    'external_ids',
    'profile',
    'search',
    'data',
    'created',
    'changed',
  ],
  groups: [
    'pk',
    'tenant_id',
    'id',
    'name',
    'version',
    'member_count',
    'created_by_client',
    'changed_by_client',
    'external_ids',
    'profile',
    'data',
    'created',
    'changed',
  ],
} as const;

function asTheyAre(table: Table): Record<string, string> {
  return Object.fromEntries(kept[table].map((name) => [name, name]));
}

/** One row holds a key, and those that came later have places behind it. */
export const keyIndexes = {
  users: [
    'create unique index users_name on users (tenant_id, name_key, name_place)',
    `create unique index users_email on users (tenant_id, email_key, email_place) where email_key is not null`,
  ],
  groups: ['create unique index groups_name on groups (tenant_id, display_name_key, name_place)'],
} as const;

const orderIndexes = {
  users: [
    'create index users_order on users (tenant_id, pk)',
    'create unique index users_phone on users (tenant_id, phone_key) where phone_key is not null',
  ],
  groups: ['create index groups_order on groups (tenant_id, pk)'],
} as const;

/** The tables with places beside their keys. */
export function placedTables(): Rebuilt[] {
  const t = columnTypes('sqlite');
  return [
    {
      table: 'users',
      columns: `${usersHead(t)},
        name_key ${t.key} not null,
        name_place ${t.key} not null default '',
        email_key ${t.key},
        email_place ${t.key} not null default '',
        ${usersRest(t)}`,
      values: {
        ...asTheyAre('users'),
        name_key: 'login_key',
        email_key: 'email_key',
      },
      indexes: [...orderIndexes.users, ...keyIndexes.users],
    },
    {
      table: 'groups',
      columns: `${groupsHead(t)},
        display_name_key ${t.key} not null,
        name_place ${t.key} not null default '',
        ${groupsRest(t)}`,
      values: { ...asTheyAre('groups'), display_name_key: 'name_key' },
      indexes: [...orderIndexes.groups, ...keyIndexes.groups],
    },
  ];
}

/** As the version before has them. */
export const plainUserIndexes = [
  'create unique index users_username on users (tenant_id, username_key) where username_key is not null',
  'create unique index users_email on users (tenant_id, email_key) where email_key is not null',
] as const;

function usersHead(t: ColumnTypes): string {
  return `pk ${t.sequence},
    tenant_id ${t.id} not null references tenants (id) on delete cascade,
    id ${t.id} not null`;
}

function usersRest(t: ColumnTypes): string {
  return `phone_key ${t.key},
    active ${t.flag} not null,
    deactivated_by ${t.json},
    version ${t.integer} not null,
    membership_version ${t.integer} not null,
    created_by_client ${t.id},
    changed_by_client ${t.id},
    external_ids ${t.json} not null default '{}',
    profile ${t.json} not null,
    search ${t.searchableJson} not null,
    data ${t.json} not null,
    created ${t.instant} not null,
    changed ${t.instant} not null,
    constraint users_id unique (tenant_id, id)`;
}

function groupsHead(t: ColumnTypes): string {
  return `pk ${t.sequence},
    tenant_id ${t.id} not null references tenants (id) on delete cascade,
    id ${t.id} not null,
    name ${t.text} not null`;
}

function groupsRest(t: ColumnTypes): string {
  return `version ${t.integer} not null,
    member_count ${t.integer} not null,
    created_by_client ${t.id},
    changed_by_client ${t.id},
    external_ids ${t.json} not null default '{}',
    profile ${t.json} not null,
    data ${t.json} not null,
    created ${t.instant} not null,
    changed ${t.instant} not null,
    constraint groups_id unique (tenant_id, id)`;
}
