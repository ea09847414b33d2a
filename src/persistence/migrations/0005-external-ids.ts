import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Dialect } from '../dialect.js';
import { columnTypes, dialectOf } from './column-types.js';

const kinds = ['user', 'group'] as const;

/**
 * The external ids of a user or group stand in its row too: whoever reads it need not look in another table. In that
 * table they get another name: a server of the version before, which knows nothing of the row's, must not write there.
 */
export class ExternalIds0005 implements MigrationInterface {
  readonly name = 'ExternalIds1764300000005';

  async up(runner: QueryRunner): Promise<void> {
    const dialect = dialectOf(runner);
    const t = columnTypes(dialect);
    for (const kind of kinds) {
      await runner.query(
        `alter table ${kind}s add column external_ids ${t.json} not null default '{}'`,
      );
      for (const statement of filling[dialect](kind)) await runner.query(statement);
      await runner.query(`alter table ${kind}_external_ids rename column value to external_id`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const kind of kinds) {
      await runner.query(`alter table ${kind}s drop column external_ids`);
      await runner.query(`alter table ${kind}_external_ids rename column external_id to value`);
    }
  }
}

/** PostgreSQL writes the table anew, in one go and with its indexes: to update each row would double all of them. */
const filling: Readonly<Record<Dialect, (kind: (typeof kinds)[number]) => string[]>> = {
  sqlite: (kind) => [
    `update ${kind}s set external_ids = (select json_group_object(client_entity_id, value)
        from ${kind}_external_ids where ${kind}_pk = ${kind}s.pk)
      where pk in (select ${kind}_pk from ${kind}_external_ids)`,
  ],
  postgres: (kind) => [
    `create function external_ids_of_${kind}(bigint) returns text language sql stable as $$
      select coalesce(json_object_agg(client_entity_id, value)::text, '{}') from ${kind}_external_ids
      where ${kind}_pk = $1 $$`,
    `alter table ${kind}s alter column external_ids type ${columnTypes('postgres').json}
      using external_ids_of_${kind}(pk)`,
    `drop function external_ids_of_${kind}(bigint)`,
  ],
};
