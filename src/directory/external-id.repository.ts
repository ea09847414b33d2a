import { Injectable } from '@nestjs/common';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { clientOf } from './external-id.js';
import { chunksOf } from './json-rows.js';

/** A statement may have 32,766 parameters on SQLite, and a row has 4. */
const idsPerStatement = 1_000;

export type OwnerKind = 'user' | 'group';

interface Names {
  readonly table: Sql;
  /** The column that points at the owner, and what it points at. */
  readonly key: Sql;
  readonly owner: Sql;
}

const names: Readonly<Record<OwnerKind, Names>> = {
  user: {
    table: sql.raw('user_external_ids'),
    key: sql.raw('user_pk'),
    owner: sql.raw('users.pk'),
  },
  group: {
    table: sql.raw('group_external_ids'),
    key: sql.raw('group_pk'),
    owner: sql.raw('groups.pk'),
  },
};

/** Joins the external id that the asking client is shown, as `external`, to a query on users or groups. */
export function joinExternalId(context: TenantContext, kind: OwnerKind): Sql {
  const { table, key, owner } = names[kind];
  return sql`left join ${table} external on external.${key} = ${owner}
    and external.client_entity_id = ${shownClient(context, kind, owner)}`;
}

/** The owners whose external id, as the asking client is shown it, meets the inner condition over `external.value`. */
export function withExternalId(context: TenantContext, kind: OwnerKind, inner: Sql): Sql {
  const { table, key, owner } = names[kind];
  return sql`${owner} in (select external.${key} from ${table} external
    where external.tenant_id = ${context.tenantId} and (${inner})
      and external.client_entity_id = ${shownClient(context, kind, sql`external.${key}`)})`;
}

/** The external id of each owner as the asking client is shown it, or null. */
export function shownExternalId(context: TenantContext, kind: OwnerKind): Sql {
  const { table, key, owner } = names[kind];
  return sql`(select external.value from ${table} external where external.${key} = ${owner}
    and external.client_entity_id = ${shownClient(context, kind, owner)})`;
}

/** Its own if it has one, else that of the first client; asked for one after the other, so that nothing is sorted. */
function shownClient(context: TenantContext, kind: OwnerKind, owner: Sql): Sql {
  const { table, key } = names[kind];
  const first = sql`(select min(other.client_entity_id) from ${table} other where other.${key} = ${owner})`;
  const client = clientOf(context);
  if (client === undefined) return first;
  return sql`coalesce((select own.client_entity_id from ${table} own
    where own.${key} = ${owner} and own.client_entity_id = ${client}), ${first})`;
}

/** The external ids of users and groups, one for each SCIM client. */
@Injectable()
export class ExternalIdRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Sets or, without a value, takes away the asking client's own; nothing happens for others than SCIM clients. */
  async set(
    context: TenantContext,
    kind: OwnerKind,
    pk: number,
    value: string | undefined,
  ): Promise<void> {
    if (value !== undefined) return this.add(context, kind, [{ pk, value }]);
    const client = clientOf(context);
    if (client === undefined) return;
    const { table, key } = names[kind];
    await this.unitOfWork.send(
      sql`delete from ${table} where ${key} = ${pk} and client_entity_id = ${client}`,
    );
  }

  /** Sets the asking client's own ids of many users or groups; nothing happens for others than SCIM clients. */
  async add(
    context: TenantContext,
    kind: OwnerKind,
    given: readonly { readonly pk: number; readonly value: string }[],
  ): Promise<void> {
    const client = clientOf(context);
    if (client === undefined) return;
    const { table, key } = names[kind];
    for (const chunk of chunksOf(given, idsPerStatement)) {
      const rows = chunk.map(
        ({ pk, value }) => sql`(${context.tenantId}, ${client}, ${pk}, ${value})`,
      );
      await this.unitOfWork.send(sql`
        insert into ${table} (tenant_id, client_entity_id, ${key}, value) values ${joinSql(rows, ', ')}
        on conflict (${key}, client_entity_id) do update set value = excluded.value`);
    }
  }
}
