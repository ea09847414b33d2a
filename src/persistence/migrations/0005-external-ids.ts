import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Dialect } from '../dialect.js';
import { columnTypes, dialectOf } from './column-types.js';

const kinds = ['user', 'group'] as const;
type Kind = (typeof kinds)[number];

/** Until a statement ends, SQLite keeps all pages that it changes as they were before, in memory. */
const rowsPerStatement = 10_000;

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
      await fill[dialect](runner, kind);
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

const fill: Readonly<Record<Dialect, (runner: QueryRunner, kind: Kind) => Promise<void>>> = {
  sqlite: fillInSteps,
  postgres: fillAnew,
};

async function fillInSteps(runner: QueryRunner, kind: Kind): Promise<void> {
  const [{ last }]: [{ last: number }] = await runner.query(
    `select coalesce(max(pk), 0) as last from ${kind}s`,
  );
  for (let after = 0; after < last; after += rowsPerStatement)
    await runner.query(
      `update ${kind}s set external_ids = (select json_group_object(client_entity_id, value)
          from ${kind}_external_ids where ${kind}_pk = ${kind}s.pk)
        where pk > ? and pk <= ? and exists (select 1 from ${kind}_external_ids where ${kind}_pk = ${kind}s.pk)`,
      [after, after + rowsPerStatement],
    );
}

/** PostgreSQL writes the table anew, in one go and with its indexes: to update each row would double all of them. */
async function fillAnew(runner: QueryRunner, kind: Kind): Promise<void> {
  await runner.query(`create function external_ids_of_${kind}(bigint) returns text language sql stable as $$
    select coalesce(json_object_agg(client_entity_id, value)::text, '{}') from ${kind}_external_ids
    where ${kind}_pk = $1 $$`);
  await runner.query(`alter table ${kind}s alter column external_ids type ${columnTypes('postgres').json}
    using external_ids_of_${kind}(pk)`);
  await runner.query(`drop function external_ids_of_${kind}(bigint)`);
}
