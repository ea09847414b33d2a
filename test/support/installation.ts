import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSettings } from '../../src/config/configuration.js';
import { openDatabase } from '../../src/persistence/open-database.js';
import type { TestDatabase } from './databases.js';
import type { Variables } from './rollcall-process.js';
import { aFolder } from './run-folder.js';

/** What the built command works on. */
export interface TestInstallation {
  readonly dataDir: string;
  /** How a process is told of it. */
  readonly variables: Variables;
  /** How many rows the tables, or parts of them such as `keys where …`, have; to be asked while no process works on it. */
  count(tables: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** To be called once no process works on it. */
  drop(): Promise<void>;
}

/** Nothing but a place: neither the data folder nor a table is there before the first start. */
export async function anInstallation(
  database: TestDatabase,
  dataDir?: string,
): Promise<TestInstallation> {
  const folder = dataDir ?? join(await aFolder('installation'), 'data');
  const variables = { ROLLCALL_DATA_DIR: folder };
  // The process makes the file itself, in its data folder.
  if (database.name === 'sqlite') {
    const file = join(folder, 'rollcall.sqlite');
    return {
      dataDir: folder,
      variables,
      count: (tables) => countRows({ kind: 'sqlite', file, synchronous: 'normal' }, tables),
      drop: () => Promise.resolve(),
    };
  }
  const { settings, drop } = await database.createEmpty();
  if (settings.kind !== 'postgres') throw new Error(`${database.name} is not served by processes`);
  return {
    dataDir: folder,
    variables: {
      ...variables,
      ROLLCALL_DATABASE_URL: settings.url,
      ROLLCALL_ENCRYPTION_KEY: encryptionKeyText(7),
    },
    count: (tables) => countRows(settings, tables),
    drop,
  };
}

async function countRows(
  settings: DatabaseSettings,
  tables: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  if (settings.kind === 'sqlite' && !existsSync(settings.file))
    throw new Error('no process has made it');
  const dataSource = await openDatabase(settings);
  try {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const [row]: { n: number }[] = await dataSource.query(`select count(*) as n from ${table}`);
      counts[table] = row?.n ?? 0;
    }
    return counts;
  } finally {
    await dataSource.destroy();
  }
}

/** A key as `ROLLCALL_ENCRYPTION_KEY` takes it; another number makes another key. */
export function encryptionKeyText(byte: number): string {
  return Buffer.alloc(32, byte).toString('base64');
}
