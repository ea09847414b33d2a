import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dialectOf } from './column-types.js';

/** The names of locked people who are gone: whoever takes one over SCIM comes locked. */
export class UserLocks0003 implements MigrationInterface {
  readonly name = 'UserLocks1764200000003';

  async up(runner: QueryRunner): Promise<void> {
    const t = columnTypes(dialectOf(runner));
    await runner.query(`create table user_locks (
      tenant_id ${t.id} not null references tenants (id) on delete cascade,
      login_key ${t.key} not null,
      locked_by ${t.json} not null,
      created ${t.instant} not null,
      primary key (tenant_id, login_key))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table user_locks');
  }
}
