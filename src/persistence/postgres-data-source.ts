import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { LookUps } from './look-ups.js';
import { DatabasePresence } from './database-presence.js';
import { PatientPool } from './patient-pool.js';
import { performOnClient } from './postgres-statement.js';
import { poolSettings, scanPoolSettings } from './postgres-pool.js';
import { PipelinedQueryRunner } from './postgres-query-runner.js';
import { scanBudgetMs } from './scan-budget.js';
import { SharedReads } from './shared-reads.js';
import { PostgresDriver } from './typeorm-internals.js';

/** How long a query may take that no index serves; the ordinary budget when left out. */
export interface ScanSettings {
  readonly scanBudgetMs?: number;
}

type PostgresOptions = DataSourceOptions & {
  readonly type: 'postgres';
  readonly extra?: ScanSettings;
};

/**
 * A PostgreSQL whose connections are waited for in a line of ours, and which tells when it is gone. Beside TypeORM's
 * connections there are a few for scans, which are made when they are needed.
 */
export class PostgresDataSource extends DataSource {
  readonly presence: DatabasePresence;
  readonly scanBudgetMs: number;
  /** For reads that are quick and outside of every transaction. */
  readonly lookUps: LookUps;
  private readonly scans: PatientPool;

  constructor(options: PostgresOptions) {
    const presence = new DatabasePresence();
    super({ ...options, driver: { Pool: PatientPool }, extra: poolSettings(presence) });
    this.presence = presence;
    const { driver } = this;
    if (!(driver instanceof PostgresDriver))
      throw new Error('These are the options of PostgreSQL.');
    driver.createQueryRunner = (mode) => new PipelinedQueryRunner(driver, mode);
    const reads = new SharedReads(async () => {
      const [client, release] = await driver.obtainMasterConnection();
      return { client, release: (broken) => void release(broken) };
    });
    this.lookUps = new LookUps('postgres', (work) =>
      reads.run((client) =>
        work(async (printed) => {
          const { rows } = await performOnClient(client, printed);
          return rows;
        }),
      ),
    );
    this.scanBudgetMs = options.extra?.scanBudgetMs ?? scanBudgetMs;
    this.scans = new PatientPool({
      ...scanPoolSettings(presence, this.scanBudgetMs),
      ...(options.url === undefined ? {} : { connectionString: options.url }),
    });
    if (options.poolErrorHandler) this.scans.on('error', options.poolErrorHandler);
  }

  /**
   * Runs a query that no index serves, on a connection whose statements have the budget for their limit.
   * @throws DomainError unavailable, when the wait for a connection was too long; else what the work throws
   */
  async scan<Result>(work: (client: ClientBase) => Promise<Result>): Promise<Result> {
    const client = await this.scans.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      return await work(client);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  override async destroy(): Promise<void> {
    await this.scans.end();
    await super.destroy();
  }
}
