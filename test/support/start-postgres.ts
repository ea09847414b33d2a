import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from './embedded-postgres.js';

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
 * Makes the run's folder (`TEST_RUN_FOLDER`), and starts one PostgreSQL for the whole run, or takes the one that
 * `ROLLCALL_TEST_POSTGRES_URL` names. If it does not start, the run fails: a suite that leaves out one of our two
 * databases without a word is worse than none.
 */
export default async function startPostgres(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-tests-'));
  process.env.TEST_RUN_FOLDER = folder;
  if (process.env.ROLLCALL_TEST_POSTGRES_URL) return;
  const server = await startEmbedded(`${folder}-postgres`, {
    max_connections: String(connectionsMax),
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  });
  globalThis.rollcallPostgres = server;
  process.env.ROLLCALL_TEST_POSTGRES_URL = server.url;
}
