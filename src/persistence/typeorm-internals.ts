/**
 * The only door to TypeORM's inner modules, which no version number protects: TypeORM is pinned exactly, and
 * `test/storage/sqlite-driver.spec.ts` and `test/storage/unit-of-work.spec.ts` show whether they still do what our drivers
 * build on.
 */
export { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
export { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
export { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
export { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';
export { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';
