import { DataSource, type DataSourceOptions } from 'typeorm';
import { DatabasePresence } from './database-presence.js';
import { PatientPool } from './patient-pool.js';
import { poolSettings } from './postgres-pool.js';
import { PipelinedQueryRunner } from './postgres-query-runner.js';
import { PostgresDriver } from './typeorm-internals.js';

/** A PostgreSQL whose connections are waited for in a line of ours, and which tells when it is gone. */
export class PostgresDataSource extends DataSource {
  readonly presence: DatabasePresence;

  constructor(options: DataSourceOptions & { readonly type: 'postgres' }) {
    const presence = new DatabasePresence();
    super({ ...options, driver: { Pool: PatientPool }, extra: poolSettings(presence) });
    this.presence = presence;
    const { driver } = this;
    if (driver instanceof PostgresDriver)
      driver.createQueryRunner = (mode) => new PipelinedQueryRunner(driver, mode);
  }
}
