import { join } from 'node:path';
import { startAppOn, type TestApp } from './app.js';
import type { TestDatabase } from './databases.js';
import { freePort } from './free-port.js';
import { type RunningProcess, startRollcall } from './rollcall-process.js';
import { aFolder } from './run-folder.js';
import { scimThrough, type TestScimConnection } from './scim-connection.js';

/** Two servers, each a process of its own, on one database; and the application in the test's process, to look into it. */
export interface Replicas {
  readonly app: TestApp;
  /** The same connection by way of each of the two servers. */
  doorsOf(connection: TestScimConnection): TestScimConnection[];
  close(): Promise<void>;
}

/** Starts them on a fresh database, which must be one that processes can share. */
export async function startReplicas(database: TestDatabase): Promise<Replicas> {
  const fresh = await database.create();
  if (fresh.settings.kind !== 'postgres') throw new Error('replicas share a PostgreSQL');
  const app = await startAppOn(fresh);
  const servers: { readonly port: number; readonly process: RunningProcess }[] = [];
  const close = async () => {
    await Promise.all(servers.map(({ process }) => process.stop()));
    await app.close();
  };
  try {
    for (const name of ['one', 'other']) {
      const port = await freePort();
      const process = startRollcall(['serve'], {
        PORT: String(port),
        HOST: '127.0.0.1',
        ROLLCALL_PUBLIC_URL: app.configuration.publicUrl,
        ROLLCALL_DATA_DIR: join(await aFolder(name), 'data'),
        ROLLCALL_DATABASE_URL: fresh.settings.url,
        ROLLCALL_ENCRYPTION_KEY: app.configuration.encryptionKey.toString('base64'),
        ROLLCALL_LOG_LEVEL: 'error',
      });
      servers.push({ port, process });
      await process.untilReady(port);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    app,
    doorsOf: (connection) =>
      servers.map(({ port }) => scimThrough(connection, `http://127.0.0.1:${port}`)),
    close,
  };
}
