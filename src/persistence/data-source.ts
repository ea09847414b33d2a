import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseSettings } from '../config/configuration.js';
import { DatabaseLogger } from './database-logger.js';
import { migrations } from './migrations.js';
import { PostgresDataSource, type ScanSettings } from './postgres-data-source.js';
import type { SqliteSettings } from './sqlite-connections.js';
import { SqliteDriver } from './sqlite-driver.js';

type PostgresSettings = Extract<DatabaseSettings, { kind: 'postgres' }>;

/** TypeORM's options for a database. Tables are made by migrations only, on every database and in every test. */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return settings.kind === 'postgres' ? postgresOptions(settings) : sqliteOptions(settings);
}

/** The data source for these options, not yet opened; on SQLite it runs on our own driver, else on our own pool. */
export function createDataSource(options: DataSourceOptions): DataSource {
  return options.type === 'postgres'
    ? new PostgresDataSource(options)
    : new SqliteDataSource(options);
}

function postgresOptions({ url, scanBudgetMs }: PostgresSettings): DataSourceOptions {
  const extra: ScanSettings = scanBudgetMs === undefined ? {} : { scanBudgetMs };
  const logger = new DatabaseLogger();
  return {
    type: 'postgres',
    url,
    migrations,
    logger,
    synchronize: false,
    installExtensions: false,
    extra,
    poolErrorHandler: (error) => logger.logBrokenConnection(error),
  };
}

/** TypeORM wants to know a SQLite driver of its own; the empty `driver` keeps it from loading that one's package. */
function sqliteOptions(extra: SqliteSettings): DataSourceOptions {
  const logger = new DatabaseLogger();
  return {
    type: 'better-sqlite3',
    database: extra.file,
    driver: {},
    migrations,
    logger,
    synchronize: false,
    extra,
  };
}

class SqliteDataSource extends DataSource {
  constructor(options: DataSourceOptions & { readonly extra?: SqliteSettings }) {
    super(options);
    if (options.extra === undefined)
      throw new Error('The options of a SQLite data source come from dataSourceOptions.');
    this.driver = new SqliteDriver(this, options.extra);
  }
}
