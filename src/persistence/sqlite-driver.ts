import type { DataSource } from 'typeorm';
import { SqliteConnections, type SqliteSettings } from './sqlite-connections.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';
import { AbstractSqliteDriver } from './typeorm-internals.js';

/** TypeORM on the `sqlite3` package: many callers, one writer at a time, readers beside it. */
export class SqliteDriver extends AbstractSqliteDriver {
  private open: SqliteConnections | undefined;

  constructor(
    dataSource: DataSource,
    private readonly settings: SqliteSettings,
  ) {
    super(dataSource);
  }

  override async connect(): Promise<void> {
    this.open = await SqliteConnections.open(this.settings);
  }

  override async disconnect(): Promise<void> {
    await this.open?.close();
    this.open = undefined;
  }

  /** A runner of its own for each caller. */
  override createQueryRunner(): SqliteQueryRunner {
    return new SqliteQueryRunner(this, this.connections);
  }

  get connections(): SqliteConnections {
    if (this.open === undefined) throw new Error('The database is not open.');
    return this.open;
  }
}
