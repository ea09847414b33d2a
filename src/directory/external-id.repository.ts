import { Injectable } from '@nestjs/common';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { ExternalIds } from './external-id.js';
import { chunksOf } from './json-rows.js';

/** A statement may have 32,766 parameters on SQLite, and a row has 4. */
const idsPerStatement = 1_000;

export type OwnerKind = 'user' | 'group';

interface Names {
  readonly table: Sql;
  /** The column that points at the owner, and what it points at. */
  readonly key: Sql;
  readonly owner: Sql;
  /** The document of all external ids of an owner, beside its row. */
  readonly document: Sql;
}

/** Where external ids are: in a document of the owner to be read, and in a table to be looked up. */
export const externalIdTables: Readonly<Record<OwnerKind, Names>> = {
  user: {
    table: sql.raw('user_external_ids'),
    key: sql.raw('user_pk'),
    owner: sql.raw('users.pk'),
    document: sql.raw('users.external_ids'),
  },
  group: {
    table: sql.raw('group_external_ids'),
    key: sql.raw('group_pk'),
    owner: sql.raw('groups.pk'),
    document: sql.raw('groups.external_ids'),
  },
};

/** The index of external ids, by which users and groups are looked up: what their documents have, row by row. */
@Injectable()
export class ExternalIdRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Adds those of users or groups; one that is there already is set anew. */
  async add(
    context: TenantContext,
    kind: OwnerKind,
    owners: readonly { readonly pk: number; readonly externalIds: ExternalIds }[],
  ): Promise<void> {
    const { table, key } = externalIdTables[kind];
    const rows = owners.flatMap(({ pk, externalIds }) =>
      Object.entries(externalIds).map(
        ([client, value]) => sql`(${context.tenantId}, ${client}, ${pk}, ${value})`,
      ),
    );
    for (const chunk of chunksOf(rows, idsPerStatement)) {
      await this.unitOfWork.send(sql`
        insert into ${table} (tenant_id, client_entity_id, ${key}, external_id) values ${joinSql(chunk, ', ')}
        on conflict (${key}, client_entity_id) do update set external_id = excluded.external_id`);
    }
  }

  /** Brings those of one user or group from what they were to what they are. */
  async move(
    context: TenantContext,
    kind: OwnerKind,
    pk: number,
    before: ExternalIds,
    after: ExternalIds,
  ): Promise<void> {
    const { table, key } = externalIdTables[kind];
    const added = Object.entries(after).filter(([client, value]) => before[client] !== value);
    const gone = Object.keys(before).filter((client) => after[client] === undefined);
    if (gone.length > 0) {
      const clients = joinSql(
        gone.map((client) => sql`${client}`),
        ', ',
      );
      await this.unitOfWork.send(
        sql`delete from ${table}
          where tenant_id = ${context.tenantId} and ${key} = ${pk} and client_entity_id in (${clients})`,
      );
    }
    await this.add(context, kind, [{ pk, externalIds: Object.fromEntries(added) }]);
  }
}
