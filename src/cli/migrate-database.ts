import { Logger } from '@nestjs/common';
import { pino } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { NestLogger } from '../edge/nest-logger.js';
import { openDatabase } from '../persistence/open-database.js';

/** Brings the database up to date without starting the server. */
export async function migrateDatabase(configuration: Configuration): Promise<void> {
  Logger.overrideLogger(new NestLogger(pino({ level: configuration.logLevel })));
  const dataSource = await openDatabase(configuration.database);
  await dataSource.destroy();
  process.stdout.write('The database is up to date.\n');
}
