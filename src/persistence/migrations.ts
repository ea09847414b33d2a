import { DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { Foundation0001 } from './migrations/0001-foundation.js';
import { Positions0002 } from './migrations/0002-positions.js';
import { UserLocks0003 } from './migrations/0003-user-locks.js';
import { LookUps0004 } from './migrations/0004-look-ups.js';
import { ExternalIds0005 } from './migrations/0005-external-ids.js';
import { NameKeys0006 } from './migrations/0006-name-keys.js';
import { TenantSecrets0007 } from './migrations/0007-tenant-secrets.js';
import { dialectOf } from './migrations/column-types.js';
import { migrationPoolSettings } from './postgres-pool.js';

/** Every migration, in order. One that was published is never edited. */
export const migrations: (new () => MigrationInterface)[] = [
  Foundation0001,
  Positions0002,
  UserLocks0003,
  LookUps0004,
  ExternalIds0005,
  NameKeys0006,
  TenantSecrets0007,
];

/** Our number among the advisory locks of the database. */
const migrationLock = 7_264_001;

/**
 * Brings the schema up to date: all pending migrations or none, in one transaction under a lock. Processes that
 * start together wait for the first one and then find nothing to do; one that is killed leaves nothing behind.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type !== 'postgres') return migrateOn(dataSource);
  // Requests are cut off after two seconds; a migration may be slow, so it has a connection of its own.
  const patient = new DataSource({
    ...dataSource.options,
    entities: [],
    extra: migrationPoolSettings(),
  });
  await patient.initialize();
  try {
    await migrateOn(patient);
  } finally {
    await patient.destroy();
  }
}

async function migrateOn(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.beforeMigration();
    try {
      await migrateInTransaction(dataSource, runner);
    } finally {
      await runner.afterMigration();
    }
  } finally {
    await runner.release();
  }
}

async function migrateInTransaction(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  await runner.startTransaction();
  try {
    if (dialectOf(runner) === 'postgres')
      await runner.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'all';
    const done = await executor.executePendingMigrations();
    if (done.length > 0 && dialectOf(runner) === 'sqlite') await assertReferencesHold(runner);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/** SQLite's foreign keys are off while tables are rebuilt, so they are checked once at the end. */
async function assertReferencesHold(runner: QueryRunner): Promise<void> {
  const broken: unknown = await runner.query('pragma foreign_key_check');
  if (Array.isArray(broken) && broken.length > 0) {
    throw new Error(`The migrations would leave ${broken.length} rows that refer to nothing.`);
  }
}
