import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { Configuration } from '../config/configuration.js';
import { createDataSource, dataSourceOptions } from './data-source.js';
import { toDomainError } from './database-error.js';
import { LateWrites } from './late-writes.js';
import { openMigrated } from './open-database.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * A server that starts beside its database waits a few seconds for it; one with a wrong address soon says so, and
 * whoever supervises the server starts it again.
 */
const connectAttempts = 5;
const connectPauseMs = 1_000;

/** The database for every room: opened and migrated before the first of them is made, closed at shutdown. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Configuration],
      useFactory: toModuleOptions,
      dataSourceFactory: openDataSource,
    }),
  ],
  providers: [UnitOfWork, LateWrites],
  exports: [UnitOfWork, LateWrites],
})
export class PersistenceModule {}

function toModuleOptions(configuration: Configuration): TypeOrmModuleOptions {
  return {
    ...dataSourceOptions(configuration.database),
    autoLoadEntities: true,
    retryAttempts: connectAttempts,
    retryDelay: connectPauseMs,
    toRetry: (error: unknown) => toDomainError(error) !== undefined,
  };
}

async function openDataSource(options?: DataSourceOptions): Promise<DataSource> {
  if (options === undefined) throw new Error('The data source has no options.');
  return openMigrated(createDataSource(options));
}
