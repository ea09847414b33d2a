import { type Condition, isByKey, type Keys, mapQuestions } from '../kernel/condition.js';
import type { ConditionField, FieldTable } from '../persistence/condition-sql.js';
import type { Dialect } from '../persistence/dialect.js';
import { sql, type Sql } from '../persistence/sql.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { conjunctsOf } from './conjuncts.js';
import { externalIdField, externalIdLookUp, indexedExternalId } from './external-id-fields.js';

/** What groups can be searched by. Text is given in its comparison form, instants in milliseconds. */
export type GroupField =
  'id' | 'name' | 'externalId' | 'created' | 'changed' | 'members' | 'members.id' | 'members.kind';

/** Whether groups can be put in the order of a field: not in that of their members, of which there are many. */
export function canSortGroupsBy(field: GroupField): boolean {
  return !field.startsWith('members');
}

/** From a field to where it is found. A field of an index, which `indexed` has put in, has a name that begins with `=`. */
export function groupFields(context: TenantContext, dialect: Dialect): FieldTable {
  const members = membersField(context);
  const table: Record<GroupField | '=externalId', ConditionField> = {
    id: { kind: 'column', expression: sql`groups.id`, type: 'text', notNull: true },
    name: { kind: 'column', expression: sql`groups.display_name_key`, type: 'text', notNull: true },
    created: { kind: 'column', expression: sql`groups.created`, type: 'number', notNull: true },
    changed: { kind: 'column', expression: sql`groups.changed`, type: 'number', notNull: true },
    externalId: externalIdField(context, 'group', dialect),
    '=externalId': externalIdLookUp(context, 'group'),
    members,
    'members.id': { ...members, value: memberFields.id },
    'members.kind': { ...members, value: memberFields.kind },
  };
  return table;
}

/** The same condition, its comparisons sent to the index where there is one. */
export function indexed(condition: Condition): Condition {
  return mapQuestions(condition, (question) =>
    question.kind === 'compare' && question.field === 'externalId'
      ? indexedExternalId(question)
      : question,
  );
}

/**
 * Whether a condition is met by the few groups that a look-up in another table finds. SQLite must be told so: for want
 * of figures it takes a whole tenant for ten rows, and reads it in the order of creation.
 */
export function isSelective(condition: Condition): boolean {
  return conjunctsOf(condition).some((part) => {
    if (part.kind === 'compare')
      return (
        part.operator === 'eq' && (part.field === '=externalId' || part.field === 'members.id')
      );
    return part.kind === 'some' && isOneMember(part.condition);
  });
}

/** Whether a condition is met by few groups and an index finds them, be it that of a unique column. */
export function findsFew(condition: Condition): boolean {
  return isByKey(condition, keys);
}

const keys: Keys = {
  own: new Set(['id', 'name']),
  lookedUp: new Set(['=externalId', 'members.id']),
};

/** Whether an index has the groups in the order of a field. */
export function isOrderIndexed(field: GroupField): boolean {
  return field === 'id' || field === 'name';
}

function isOneMember(condition: Condition): boolean {
  return conjunctsOf(condition).some(
    (part) => part.kind === 'compare' && part.operator === 'eq' && part.field === 'id',
  );
}

/** Of a member, whose row of its own stands as `part`, be it a user or a group. */
const memberFields = {
  id: { kind: 'column', expression: sql`part.id`, type: 'text', notNull: true },
  kind: {
    kind: 'column',
    expression: sql`case when member.user_pk is null then 'group' else 'user' end`,
    type: 'text',
    notNull: true,
  },
} as const;

/** One select for each kind of member: an `or` over both would keep PostgreSQL from going by the members' index. */
function membersField(context: TenantContext): Extract<ConditionField, { kind: 'related' }> {
  const exists = (inner: Sql): Sql => sql`groups.pk in (
    select member.group_pk from users part join group_members member on member.user_pk = part.pk
      where part.tenant_id = ${context.tenantId} and (${inner})
    union all select member.group_pk from groups part join group_members member on member.child_pk = part.pk
      where part.tenant_id = ${context.tenantId} and (${inner}))`;
  return { kind: 'related', fields: memberFields, exists };
}
