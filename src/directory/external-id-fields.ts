import type { Condition } from '../kernel/condition.js';
import type { ColumnField, RelatedField } from '../persistence/condition-field.js';
import type { Dialect } from '../persistence/dialect.js';
import { jsonValue } from '../persistence/json-sql.js';
import { sql, type Sql } from '../persistence/sql.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { clientOf } from './external-id.js';
import { externalIdTables, type OwnerKind } from './external-id.repository.js';

type Comparison = Extract<Condition, { kind: 'compare' }>;

/** The external id that the asking client reads, out of the document of all of them (`namedFor`). */
export function externalIdField(
  context: TenantContext,
  kind: OwnerKind,
  dialect: Dialect,
): ColumnField {
  const first = firstValue(externalIdTables[kind].document, dialect);
  const client = clientOf(context);
  const expression =
    client === undefined ? first : sql`coalesce(${own(client, kind, dialect)}, ${first})`;
  return { kind: 'column', expression, type: 'text' };
}

/** The external ids of all clients, by their index. */
export function externalIdLookUp(context: TenantContext, kind: OwnerKind): RelatedField {
  const { table, key, owner } = externalIdTables[kind];
  return {
    kind: 'related',
    value: { kind: 'column', expression: sql`external.value`, type: 'text', notNull: true },
    exists: (inner) => sql`${owner} in (select external.${key} from ${table} external
      where external.tenant_id = ${context.tenantId} and (${inner}))`,
  };
}

/** An equality sent to the index, which has whom any client calls so; the document says whom the asking one does. */
export function indexedExternalId(comparison: Comparison): Condition {
  if (comparison.operator !== 'eq') return comparison;
  const lookUp: Condition = { ...comparison, field: '=externalId' };
  return { kind: 'and', conditions: [lookUp, comparison] };
}

function own(client: string, kind: OwnerKind, dialect: Dialect): Sql {
  const { document } = externalIdTables[kind];
  return jsonValue({ document: toDocument(document, dialect), path: [client] }, 'text', dialect);
}

function firstValue(document: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`(select named.value from json_each(${document}) named order by named.key limit 1)`
    : sql`(select named.value collate "C" from json_each_text(${document}::json) named(client, value)
        order by named.client collate "C" limit 1)`;
}

/** It is kept as text, which is read more often than searched. */
function toDocument(document: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite' ? document : sql`${document}::jsonb`;
}
