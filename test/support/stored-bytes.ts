import { readFile } from 'node:fs/promises';
import type { DatabaseSettings } from '../../src/config/configuration.js';
import { sql } from '../../src/persistence/sql.js';
import type { UnitOfWork } from '../../src/persistence/unit-of-work.js';

/** Everything that a thief of the database would have: SQLite's files byte for byte, PostgreSQL's tables row by row. */
export async function storedBytes(
  settings: DatabaseSettings,
  unitOfWork: UnitOfWork,
): Promise<string> {
  return settings.kind === 'sqlite' ? filesOf(settings.file) : dumpOf(unitOfWork);
}

async function filesOf(file: string): Promise<string> {
  const parts = ['', '-wal', '-shm'].map(async (ending) => {
    try {
      return await readFile(`${file}${ending}`, 'latin1');
    } catch {
      // The log and its index are there only while the file is open.
      return '';
    }
  });
  return (await Promise.all(parts)).join('\n');
}

async function dumpOf(unitOfWork: UnitOfWork): Promise<string> {
  const tables = await unitOfWork.query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const dumps: string[] = [];
  for (const { name } of tables) {
    const rows = await unitOfWork.query<{ line: string }>(
      sql`select t::text as line from ${sql.raw(`"${name}"`)} t`,
    );
    dumps.push(name, ...rows.map(({ line }) => line));
  }
  return dumps.join('\n');
}
