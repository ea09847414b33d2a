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
  const document = toDocument(externalIdTables[kind].document, dialect);
  const first = firstValue(document, dialect);
  const client = clientOf(context);
  const expression =
    client === undefined
      ? first
      : sql`coalesce(${jsonValue({ document, path: [client] }, 'text', dialect)}, ${first})`;
  return { kind: 'column', expression, type: 'text' };
}

/** The external ids of all clients, by their index. */
export function externalIdLookUp(context: TenantContext, kind: OwnerKind): RelatedField {
  const { table, key, owner } = externalIdTables[kind];
  return {
    kind: 'related',
    value: { kind: 'column', expression: sql`external.external_id`, type: 'text', notNull: true },
    exists: (inner) => sql`${owner} in (select external.${key} from ${table} external
      where external.tenant_id = ${context.tenantId} and (${inner}))`,
  };
}

/**
 * A comparison sent to the index, which has all whom any client calls so; the document says whom the asking one does. Not
 * `ne`, which is met by those too whom another client calls so, and by those who are called nothing.
 */
export function indexedExternalId(comparison: Comparison): Condition {
  if (comparison.operator === 'ne') return comparison;
  const lookUp: Condition = { ...comparison, field: '=externalId' };
  return { kind: 'and', conditions: [lookUp, comparison] };
}

function firstValue(document: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`(select named.value from json_each(${document}) named order by named.key limit 1)`
    : sql`(select named.value collate "C" from jsonb_each_text(${document}) named(client, value)
        order by named.client collate "C" limit 1)`;
}

/** It is kept as text, which is read more often than searched. */
function toDocument(document: Sql, dialect: Dialect): Sql {
  return dialect === 'sqlite' ? document : sql`${document}::jsonb`;
}
