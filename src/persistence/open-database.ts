import type { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../config/configuration.js';
import { createDataSource, dataSourceOptions } from './data-source.js';
import { migrate } from './migrations.js';

/**
 * Opens a database by itself, without the application, and brings it up to date. The caller destroys it.
 * @throws the driver's error when it can not be reached; `toDomainError` knows it
 */
export async function openDatabase(settings: DatabaseSettings): Promise<DataSource> {
  return openMigrated(createDataSource(dataSourceOptions(settings)));
}

/** Opens the data source and brings its database up to date; what fails leaves no connection behind. */
export async function openMigrated(dataSource: DataSource): Promise<DataSource> {
  await dataSource.initialize();
  try {
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
