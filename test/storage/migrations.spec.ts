import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate, migrations } from '../../src/persistence/migrations.js';
import { columnTypes, dialectOf } from '../../src/persistence/migrations/column-types.js';
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

  async function tableNames(dataSource: DataSource): Promise<string[]> {
    const rows: { name: string }[] = await dataSource.query(
      database.name === 'postgres'
        ? "select tablename as name from pg_tables where schemaname = 'public' order by 1"
        : "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1",
    );
    return rows.map((row) => row.name);
  }
});
