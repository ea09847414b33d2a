import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import pg from 'pg';
import type { DatabaseSettings } from '../../src/config/configuration.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate } from '../../src/persistence/migrations.js';

/** A database of a test's own, to be dropped at its end. */
export interface FreshDatabase {
  readonly settings: DatabaseSettings;
  drop(): Promise<void>;
}

/** One of the two databases. `create` gives one with all tables in it, `createEmpty` one without any. */
export interface TestDatabase {
  readonly name: 'sqlite' | 'postgres';
  create(): Promise<FreshDatabase>;
  createEmpty(): Promise<FreshDatabase>;
}

const sqlite: TestDatabase = {
  name: 'sqlite',
  async create() {
    const empty = await this.createEmpty();
    if (empty.settings.kind === 'sqlite')
      await copyFile(await sqliteTemplate(), empty.settings.file);
    return empty;
  },
  async createEmpty() {
    const folder = await mkdtemp(join(runFolder(), 'sqlite-'));
    return {
      settings: { kind: 'sqlite', file: join(folder, 'rollcall.db'), synchronous: 'normal' },
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const postgres: TestDatabase = {
  name: 'postgres',
  async create() {
    return freshPostgres(await postgresTemplate());
  },
  createEmpty: () => freshPostgres('template0'),
};

/**
 * Every database we promise to run on: `describe.each(databases)('… on $name', (database) => …)`. A run that looks at
 * something else names those it needs in `ROLLCALL_TEST_DATABASES`, with commas.
 */
export const databases: readonly TestDatabase[] = chosenOf([sqlite, postgres]);

function chosenOf(all: readonly TestDatabase[]): readonly TestDatabase[] {
  const names = process.env.ROLLCALL_TEST_DATABASES?.split(',');
  if (names === undefined) return all;
  const unknown = names.filter((name) => all.every((database) => database.name !== name));
  if (unknown.length > 0)
    throw new Error(`ROLLCALL_TEST_DATABASES names no database of ours: ${unknown.join(', ')}`);
  return all.filter(({ name }) => names.includes(name));
}

let migratedFile: Promise<string> | undefined;

/** Migrated once for each test file, then copied. */
function sqliteTemplate(): Promise<string> {
  migratedFile ??= (async () => {
    const file = join(await mkdtemp(join(runFolder(), 'template-')), 'rollcall.db');
    await migrateOnce({ kind: 'sqlite', file, synchronous: 'normal' });
    return file;
  })();
  return migratedFile;
}

/** Migrated once for the run; workers that come at the same time wait for the first. */
async function postgresTemplate(): Promise<string> {
  // The random end of the folder's name, in letters that PostgreSQL does not fold.
  const run = Buffer.from(basename(runFolder()).slice(-6)).toString('hex');
  const name = `rollcall_template_${run}`;
  await asAdministrator(async (client) => {
    await client.query('select pg_advisory_lock($1)', [advisoryLock(name)]);
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length > 0) return;
    const draft = `${name}_draft`;
    await client.query(`create database ${draft} template template0`);
    await migrateOnce({ kind: 'postgres', url: urlOf(draft) });
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

async function freshPostgres(template: string): Promise<FreshDatabase> {
  const name = `rollcall_${randomBytes(8).toString('hex')}`;
  await asAdministrator((client) => client.query(`create database ${name} template ${template}`));
  return {
    settings: { kind: 'postgres', url: urlOf(name) },
    drop: () =>
      asAdministrator((client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

async function migrateOnce(settings: DatabaseSettings): Promise<void> {
  const dataSource = await createDataSource(dataSourceOptions(settings)).initialize();
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function asAdministrator(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: administratorUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Made when the run starts and removed when it ends. */
function runFolder(): string {
  const folder = process.env.TEST_RUN_FOLDER;
  if (folder === undefined)
    throw new Error('The run was not set up: start it with the project "system".');
  return folder;
}

function administratorUrl(): string {
  const url = process.env.ROLLCALL_TEST_POSTGRES_URL;
  if (url === undefined)
    throw new Error('The run has no PostgreSQL: start it with the project "system".');
  return url;
}

function urlOf(name: string): string {
  const url = new URL(administratorUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

function advisoryLock(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}
