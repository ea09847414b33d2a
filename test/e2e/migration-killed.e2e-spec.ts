import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../../src/config/configuration.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate, migrations } from '../../src/persistence/migrations.js';
import { databases, type FreshDatabase, type TestDatabase } from '../support/databases.js';
import { startRollcall, type Variables } from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const encryptionKey = Buffer.alloc(32, 1).toString('base64');

/** So many that rewriting them takes much longer than to see that it has begun. */
const people = 2_000;

/** The log grows by what was written of the new table, long before the migration ends. */
const walBytesBegun = 1_000_000;

const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${people})`;
const nameOf = `'Straße ' || n || ' '`;

/** More than SQLite keeps in memory of what is not committed. */
const title = 'Große Straße '.repeat(500);

interface Store {
  readonly settings: DatabaseSettings;
  readonly variables: Variables;
  drop(): Promise<void>;
}

async function aStore(database: TestDatabase): Promise<Store> {
  if (database.name === 'sqlite') {
    const folder = await aFolder('killed');
    return {
      settings: { kind: 'sqlite', file: join(folder, 'rollcall.sqlite'), synchronous: 'normal' },
      variables: { ROLLCALL_DATA_DIR: folder, ROLLCALL_ENCRYPTION_KEY: encryptionKey },
      drop: () => Promise.resolve(),
    };
  }
  const fresh: FreshDatabase = await database.createEmpty();
  if (fresh.settings.kind !== 'postgres') throw new Error('PostgreSQL has a URL.');
  return {
    settings: fresh.settings,
    variables: {
      ROLLCALL_DATABASE_URL: fresh.settings.url,
      ROLLCALL_ENCRYPTION_KEY: encryptionKey,
    },
    drop: () => fresh.drop(),
  };
}

describe.each(databases)('a migration that is killed on $name', (database) => {
  let store: Store;
  let dataSource: DataSource;

  beforeEach(async () => {
    store = await aStore(database);
    dataSource = await open(migrations.slice(0, 5));
    await migrate(dataSource);
    await fill();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await store.drop();
  });

  const open = (list: typeof migrations) =>
    createDataSource({ ...dataSourceOptions(store.settings), migrations: list }).initialize();

  async function fill(): Promise<void> {
    const tenant = '11111111-1111-4111-8111-111111111111';
    const document = `'{"userName":"' || ${nameOf} || '","title":"${title}"}'`;
    const search = database.name === 'postgres' ? `(${document})::jsonb` : document;
    const active = database.name === 'postgres' ? 'true' : '1';
    await dataSource.query(
      `insert into tenants (id, name, name_key, issuer, earlier_issuers, state, scim_enabled, token_lifetime_seconds,
        settings, data, version, created, changed)
      values ('${tenant}', 'Acme', 'acme', 'acme', '[]', 'Active', ${active}, 1, '{}', '{}', 1, 1, 1)`,
    );
    await dataSource.query(
      `insert into users (tenant_id, id, login_key, username_key, active, version, membership_version, profile, search,
          data, created, changed)
        ${numbers} select '${tenant}', 'id-' || n, 'straße ' || n || ' ', 'straße ' || n || ' ', ${active}, 1, 0,
          ${document}, ${search}, '{}', 1, 1 from numbers`,
    );
  }

  /** Whether another process is in the midst of it. */
  async function hasBegun(): Promise<boolean> {
    if (store.settings.kind === 'sqlite') {
      const wal = await stat(`${store.settings.file}-wal`).catch(() => ({ size: 0 }));
      return wal.size > walBytesBegun;
    }
    const locks: unknown[] = await dataSource.query(
      `select 1 from pg_locks where relation = 'users'::regclass and mode = 'AccessExclusiveLock' and granted`,
    );
    return locks.length > 0;
  }

  /** How many people have keys of a kind. */
  async function count(column: 'login_key' | 'name_key', like: string): Promise<number> {
    const rows: { n: unknown }[] = await dataSource.query(
      `select count(*) as n from users where ${column} like '${like}'`,
    );
    return Number(rows[0]?.n);
  }

  async function steps(): Promise<number> {
    const rows: unknown[] = await dataSource.query('select name from migrations');
    return rows.length;
  }

  it('leaves all as it was or all done, and is done by the next start', async () => {
    await dataSource.query(
      database.name === 'sqlite' ? 'pragma wal_checkpoint(truncate)' : 'select 1',
    );
    const killed = startRollcall(['migrate'], store.variables);
    await killed.until(async () => (await hasBegun()) || (await steps()) > 5);
    killed.signal('SIGKILL');
    await killed.end();

    // What was killed is undone once the database has seen it; what had just been committed stays.
    const isDone = (await steps()) > 5;
    expect(await (isDone ? count('name_key', 'strasse %') : count('login_key', 'straße % '))).toBe(
      people,
    );

    const next = await startRollcall(['migrate'], store.variables).end();
    expect([next.exitCode, next.error]).toEqual([0, '']);
    expect(await steps()).toBe(migrations.length);
    expect(await count('name_key', 'strasse %')).toBe(people);
  });
});
