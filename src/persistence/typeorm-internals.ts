/**
 * The only door to TypeORM's inner modules, which no version number protects: TypeORM is pinned exactly, and
 * `test/storage/sqlite-driver.spec.ts` shows whether they still do what our SQLite driver builds on.
 */
export { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
export { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';
export { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';
