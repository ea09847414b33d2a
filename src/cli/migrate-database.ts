import type { Configuration } from '../config/configuration.js';
import { openDatabase } from '../persistence/open-database.js';

/** Brings the database up to date without starting the server. */
export async function migrateDatabase(configuration: Configuration): Promise<void> {
  const dataSource = await openDatabase(configuration.database);
  await dataSource.destroy();
  process.stdout.write('The database is up to date.\n');
}
