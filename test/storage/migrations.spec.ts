import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { Profile } from '../../src/directory/profile.js';
import { searchFormOf } from '../../src/directory/search-form.js';
import { type UserValue, valuesOf } from '../../src/directory/user-values.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate, migrations } from '../../src/persistence/migrations.js';
import { columnTypes, dialectOf } from '../../src/persistence/migrations/column-types.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

type MigrationClass = new () => MigrationInterface;

class First implements MigrationInterface {
  readonly name = 'First1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    const t = columnTypes(dialectOf(runner));
    await runner.query(`create table parents (pk ${t.sequence}, id ${t.id} not null)`);
    await runner.query(
      `create table children (parent_pk ${t.reference} not null references parents (pk) on delete cascade)`,
    );
    await runner.query("insert into parents (id) values ('a')");
    await runner.query('insert into children values (1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table children');
    await runner.query('drop table parents');
  }
}

/** Rebuilds a table that others refer to, as SQLite needs for nearly every change of a column. */
class Second implements MigrationInterface {
  readonly name = 'Second1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    if (dialectOf(runner) === 'postgres') {
      await runner.query('alter table parents alter column id drop not null');
      return;
    }
    const t = columnTypes('sqlite');
    await runner.query(`create table new_parents (pk ${t.sequence}, id ${t.id})`);
    await runner.query('insert into new_parents select pk, id from parents');
    await runner.query('drop table parents');
    await runner.query('alter table new_parents rename to parents');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

class Broken implements MigrationInterface {
  readonly name = 'Broken1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half (id integer)');
    await runner.query('insert into nowhere values (1)');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

class Orphaning implements MigrationInterface {
  readonly name = 'Orphaning1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('delete from parents');
    if (dialectOf(runner) === 'postgres') await runner.query('insert into children values (1)');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

/** Has the next user be one of a store of many. */
const leap = {
  sqlite: `update sqlite_sequence set seq = 30000 where name = 'users'`,
  postgres: 'alter table users alter column pk restart with 30001',
};

const toText = ({ field, key, type }: UserValue) => `${field} ${type} ${key}`;

describe.each(databases)('migrations on $name', (database) => {
  let fresh: FreshDatabase;
  let open: DataSource[];

  beforeEach(async () => {
    fresh = await database.createEmpty();
    open = [];
  });

  afterEach(async () => {
    await Promise.all(open.map((dataSource) => dataSource.destroy()));
    await fresh.drop();
  });

  async function openWith(...list: MigrationClass[]): Promise<DataSource> {
    const options = { ...dataSourceOptions(fresh.settings), migrations: list };
    const dataSource = await createDataSource(options).initialize();
    open.push(dataSource);
    return dataSource;
  }

  async function applied(dataSource: DataSource): Promise<string[]> {
    const rows: { name: string }[] = await dataSource.query(
      'select name from migrations order by id',
    );
    return rows.map((row) => row.name);
  }

  it('runs what is pending, once and in order', async () => {
    await migrate(await openWith(First));
    const later = await openWith(Second, First);
    await migrate(later);
    await migrate(later);

    expect(await applied(later)).toEqual(['First1700000000001', 'Second1700000000002']);
    await later.query('insert into parents (id) values (null)');
  });

  it('rebuilds a table without its cascade, and checks foreign keys again afterwards', async () => {
    const dataSource = await openWith(First, Second);
    await migrate(dataSource);

    expect(await dataSource.query('select parent_pk from children')).toEqual([{ parent_pk: 1 }]);
    await expect(dataSource.query('insert into children values (99)')).rejects.toThrow(
      /foreign key/i,
    );
    await dataSource.query('delete from parents');
    expect(await dataSource.query('select parent_pk from children')).toEqual([]);
  });

  it('leaves nothing of a failed run, not even of the migrations before the failure, and can run again', async () => {
    await expect(migrate(await openWith(First, Broken))).rejects.toThrow('nowhere');
    const dataSource = await openWith(First);
    await expect(dataSource.query('select * from half')).rejects.toThrow();
    await expect(dataSource.query('select * from parents')).rejects.toThrow();

    await migrate(dataSource);

    expect(await applied(dataSource)).toEqual(['First1700000000001']);
  });

  it('does not commit a migration that leaves references to nothing', async () => {
    await migrate(await openWith(First));

    await expect(migrate(await openWith(First, Orphaning))).rejects.toThrow(
      /refer to nothing|foreign key/,
    );

    const dataSource = await openWith(First);
    expect(await applied(dataSource)).toEqual(['First1700000000001']);
    expect(await dataSource.query('select count(*) as n from parents')).toEqual([{ n: 1 }]);
  });

  it('lets five servers start at once', async () => {
    const servers = await Promise.all(Array.from({ length: 5 }, () => openWith(First, Second)));

    await Promise.all(servers.map((server) => migrate(server)));

    for (const server of servers) {
      expect(await applied(server)).toEqual(['First1700000000001', 'Second1700000000002']);
      expect(await server.query('select count(*) as n from parents')).toEqual([{ n: 1 }]);
    }
  });

  it('goes all the way up from nothing and down again', async () => {
    const dataSource = await openWith(...migrations);
    const names = await tableNames(dataSource);
    await migrate(dataSource);
    expect((await tableNames(dataSource)).length).toBeGreaterThan(names.length);

    for (const _ of migrations) await dataSource.undoLastMigration();

    expect(await tableNames(dataSource)).toEqual([...names, 'migrations']);
  });

  it('keeps what people are looked up by, and learns the types of addresses, from one version to the next', async () => {
    const dataSource = await openWith(...migrations.slice(0, 3));
    await migrate(dataSource);
    const client = '22222222-2222-4222-8222-222222222222';
    const rows: UserValue[] = [
      { field: 'displayName', key: 'ada', type: '' },
      { field: 'emails', key: 'a@x', type: 'home' },
      { field: 'emails', key: 'a@x', type: 'work' },
      { field: 'emails', key: 'b@x', type: '' },
      { field: 'phoneNumbers', key: '+1', type: '' },
    ];
    const profile: Profile = {
      displayName: 'Ada',
      emails: [
        { value: 'A@x', type: 'Work', primary: true },
        { value: 'a@X', type: 'home' },
        { value: 'b@x', type: 'Büro' },
        { value: 'B@x' },
        { type: 'other' },
      ],
      phoneNumbers: [{ value: '+1', type: 'x'.repeat(65) }],
    };
    await writePerson(dataSource, profile, client);
    expect(valuesOf(profile)).toHaveLength(rows.length);

    const old = await allOf(dataSource);

    const later = await openWith(...migrations.slice(0, 4));
    await migrate(later);
    const typed = await allOf(later);
    await later.undoLastMigration();
    const back = await allOf(later);
    await migrate(later);

    expect(
      await later.query(
        `select field, value_key as key, value_type as type from user_values order by field, value_key, value_type`,
      ),
    ).toEqual(rows);
    expect(new Set(rows.map(toText))).toEqual(new Set(valuesOf(profile).map(toText)));
    expect(old.slice(1)).toMatchObject([[{ value: 'x1' }], [{ value: 'x2' }]]);
    expect(typed.slice(1)).toEqual(old.slice(1));
    expect(back).toEqual(old);
    expect(await allOf(later)).toEqual(typed);
    await later.query('delete from users');
    await later.query('delete from groups');
    expect(await allOf(later)).toEqual([[], [], []]);
  });

  it('puts the external ids of users and groups into their rows', async () => {
    const before = await openWith(...migrations.slice(0, 4));
    await migrate(before);
    const client = '22222222-2222-4222-8222-222222222222';
    const other = '33333333-3333-4333-8333-333333333333';
    await writePerson(before, {}, client);
    await before.query(
      `insert into users (tenant_id, id, login_key, active, version, membership_version, profile, search, data, created, changed)
        select tenant_id, '${other}', 'bob', active, version, membership_version, profile, search, data, created, changed
        from users`,
    );
    await before.query(leap[database.name]);
    await before.query(
      `insert into users (tenant_id, id, login_key, active, version, membership_version, profile, search, data, created, changed)
        select tenant_id, '44444444-4444-4444-8444-444444444444', 'cid', active, version, membership_version, profile, search,
        data, created, changed from users where login_key = 'ada'`,
    );
    await before.query(
      `insert into user_external_ids (tenant_id, client_entity_id, user_pk, value)
        select tenant_id, '${client}', pk, 'x3' from users where login_key = 'cid'`,
    );
    for (const kind of ['user', 'group'])
      await before.query(
        `insert into ${kind}_external_ids (tenant_id, client_entity_id, ${kind}_pk, value)
          select tenant_id, '${other}', ${kind}_pk, 'of "another"' from ${kind}_external_ids where ${kind}_pk = 1`,
      );
    const old = await allOf(before);

    const dataSource = await openWith(...migrations.slice(0, 5));
    await migrate(dataSource);
    const users = await externalIdsOf(dataSource, 'users');
    const groups = await externalIdsOf(dataSource, 'groups');
    await dataSource.undoLastMigration();
    await expect(dataSource.query('select external_ids from users')).rejects.toThrow();
    const back = await allOf(dataSource);
    await migrate(dataSource);

    expect(users).toEqual([{ [client]: 'x1', [other]: 'of "another"' }, {}, { [client]: 'x3' }]);
    expect(groups).toEqual([{ [client]: 'x2', [other]: 'of "another"' }]);
    expect(back).toEqual(old);
    expect(await externalIdsOf(dataSource, 'users')).toEqual(users);
    expect(await externalIdsOf(dataSource, 'groups')).toEqual(groups);
  });

  it('has nothing to do on the databases that the tests start from', async () => {
    const copies = await Promise.all([database.create(), database.create()]);
    for (const copy of copies) {
      const dataSource = await createDataSource(dataSourceOptions(copy.settings)).initialize();
      expect(await applied(dataSource)).toHaveLength(migrations.length);
      await migrate(dataSource);
      expect(await dataSource.query('select count(*) as n from events')).toEqual([{ n: 0 }]);
      await dataSource.destroy();
      await copy.drop();
    }
  });

  async function externalIdsOf(dataSource: DataSource, table: string): Promise<unknown[]> {
    const rows: { external_ids: string }[] = await dataSource.query(
      `select external_ids from ${table} order by pk`,
    );
    return rows.map((row): unknown => JSON.parse(row.external_ids));
  }

  /** The tables that were made anew, row by row. */
  async function allOf(dataSource: DataSource): Promise<unknown[][]> {
    const rows: unknown[][] = [];
    for (const table of ['user_values', 'user_external_ids', 'group_external_ids'])
      rows.push(await dataSource.query(`select * from ${table} order by 1, 2, 3, 4`));
    return rows;
  }

  /** Somebody, and a group, as the version before types wrote them. */
  async function writePerson(
    dataSource: DataSource,
    profile: Profile,
    client: string,
  ): Promise<void> {
    const tenant = '11111111-1111-4111-8111-111111111111';
    const search = JSON.stringify(searchFormOf(profile));
    const unitOfWork = new UnitOfWork(dataSource);
    await unitOfWork.execute(sql`
      insert into tenants (id, name, name_key, issuer, earlier_issuers, state, scim_enabled, token_lifetime_seconds, settings,
        data, version, created, changed)
      values (${tenant}, 'Acme', 'acme', 'acme', '[]', 'Active', ${true}, 1, '{}', '{}', 1, 1, 1)`);
    await unitOfWork.execute(sql`
      insert into users (tenant_id, id, login_key, active, version, membership_version, profile, search, data, created, changed)
      values (${tenant}, ${client}, 'ada', ${true}, 1, 0, ${JSON.stringify(profile)}, ${search}, '{}', 1, 1)`);
    const keys = new Set(valuesOf(profile).map(({ field, key }) => `${field} ${key}`));
    for (const [field, key] of [...keys].map((text) => text.split(' ')))
      await unitOfWork.execute(sql`
        insert into user_values (tenant_id, field, value_key, user_pk) values (${tenant}, ${field ?? ''}, ${key ?? ''}, 1)`);
    await unitOfWork.execute(sql`
      insert into user_external_ids (tenant_id, client_entity_id, user_pk, value) values (${tenant}, ${client}, 1, 'x1')`);
    await unitOfWork.execute(sql`
      insert into groups (tenant_id, id, name, name_key, version, member_count, profile, data, created, changed)
      values (${tenant}, ${client}, 'Staff', 'staff', 1, 0, '{}', '{}', 1, 1)`);
    await unitOfWork.execute(sql`
      insert into group_external_ids (tenant_id, client_entity_id, group_pk, value) values (${tenant}, ${client}, 1, 'x2')`);
  }

  async function tableNames(dataSource: DataSource): Promise<string[]> {
    const rows: { name: string }[] = await dataSource.query(
      database.name === 'postgres'
        ? "select tablename as name from pg_tables where schemaname = 'public' order by 1"
        : "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1",
    );
    return rows.map((row) => row.name);
  }
});
