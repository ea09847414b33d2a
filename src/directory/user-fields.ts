import type { ConditionField, FieldTable } from '../persistence/condition-sql.js';
import type { Dialect } from '../persistence/dialect.js';
import { sql, type Sql } from '../persistence/sql.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { externalIdField, externalIdLookUp } from './external-id-fields.js';
import {
  enterpriseUrn,
  type ProfileList,
  profileLists,
  profileTexts,
  type ProfileText,
} from './profile.js';
import { typedFields } from './user-values.js';

const nameParts = [
  'formatted',
  'familyName',
  'givenName',
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
] as const;
const valueParts = ['value', 'display', 'type'] as const;
const addressParts = [
  'formatted',
  'streetAddress',
  'locality',
  'region',
  'postalCode',
  'country',
  'type',
] as const;

type NamePart = `name.${(typeof nameParts)[number]}`;
type ValuePart = `${ProfileList}.${(typeof valueParts)[number] | 'primary'}`;
type AddressPart = `addresses.${(typeof addressParts)[number] | 'primary'}`;
type GroupPart = 'groups' | 'groups.value' | 'groups.display';

/** A whole extension by its URN, or one of its texts: `urn:…:User:department`, `urn:…:User:manager.value`. */
type ExtensionField = `${string}:${string}`;

/** What users can be searched by. Text is given in its comparison form, instants in milliseconds. */
export type UserField =
  | 'id'
  | 'active'
  | 'created'
  | 'changed'
  | 'externalId'
  | 'name'
  | 'addresses'
  | ProfileText
  | ProfileList
  | NamePart
  | ValuePart
  | AddressPart
  | GroupPart
  | ExtensionField;

/** What is shown of a manager who is a user of the tenant comes from that user's own record, and is not stored here. */
const derivedFields: ReadonlySet<string> = new Set([
  `${enterpriseUrn}:manager.displayName`,
  `${enterpriseUrn}:manager.$ref`,
]);

/** Whether users can be searched by a field of that name. */
export function isUserField(name: string): name is UserField {
  if (derivedFields.has(name)) return false;
  return profileFields.has(name) || ownFields.has(name) || findExtensionPath(name) !== undefined;
}

/** Whether users can be put in the order of a field: not in that of their groups, of which there are many. */
export function canSortUsersBy(field: UserField): boolean {
  return !field.startsWith('groups');
}

const ownFields: ReadonlySet<string> = new Set([
  'id',
  'active',
  'created',
  'changed',
  'externalId',
  'groups',
  'groups.value',
  'groups.display',
]);

const search = sql`users.search`;

/** What is found in the documents alone, by reading every user of the tenant. */
const profileFields: ReadonlyMap<string, ConditionField> = new Map([
  ...profileTexts.map((name): [string, ConditionField] => [name, jsonText([name])]),
  ['userName', { kind: 'column', expression: sql`users.name_key`, type: 'text', notNull: true }],
  ['name', { kind: 'json', document: search, path: ['name'], type: 'any' }],
  ...nameParts.map((part): [string, ConditionField] => [`name.${part}`, jsonText(['name', part])]),
  ...profileLists.flatMap((list) => listFields(list, valueParts)),
  ...listFields('addresses', addressParts),
]);

/**
 * From a field to where it is found. Searches by equality that clients send go by an index; `indexed` has
 * put their fields, whose names begin with `=`, into the condition.
 */
export function userFields(context: TenantContext, dialect: Dialect): FieldTable {
  return (name) => {
    if (name === '=externalId') return externalIdLookUp(context, 'user');
    if (name.startsWith('=')) return lookup(context, name.slice(1));
    return (
      profileFields.get(name) ?? findOwnField(context, name, dialect) ?? findExtensionField(name)
    );
  };
}

function findOwnField(
  context: TenantContext,
  name: string,
  dialect: Dialect,
): ConditionField | undefined {
  switch (name) {
    case 'id':
      return { kind: 'column', expression: sql`users.id`, type: 'text', notNull: true };
    case 'active':
      return { kind: 'column', expression: sql`users.active`, type: 'flag', notNull: true };
    case 'created':
      return { kind: 'column', expression: sql`users.created`, type: 'number', notNull: true };
    case 'changed':
      return { kind: 'column', expression: sql`users.changed`, type: 'number', notNull: true };
    case 'externalId':
      return externalIdField(context, 'user', dialect);
    case 'groups':
    case 'groups.value':
      return groupsField(context, groupFields.value);
    case 'groups.display':
      return groupsField(context, groupFields.display);
    default:
      return undefined;
  }
}

const groupFields = {
  value: { kind: 'column', expression: sql`part.id`, type: 'text', notNull: true },
  display: { kind: 'column', expression: sql`part.display_name_key`, type: 'text', notNull: true },
} as const;

/** The groups that a user is in, itself or by way of others: down from the groups that meet the condition. */
function groupsField(context: TenantContext, value: ConditionField): ConditionField {
  const exists = (inner: Sql): Sql => sql`users.pk in (
    with recursive inside(pk) as (
      select part.pk from groups part where part.tenant_id = ${context.tenantId} and (${inner})
      union select member.child_pk from group_members member join inside on member.group_pk = inside.pk
        where member.child_pk is not null)
    select member.user_pk from group_members member join inside on member.group_pk = inside.pk
      where member.user_pk is not null)`;
  return { kind: 'related', value, fields: groupFields, exists };
}

const foundFields = {
  value: { kind: 'column', expression: sql`found.value_key`, type: 'text', notNull: true },
  type: { kind: 'column', expression: sql`found.value_type`, type: 'text', notNull: true },
} as const;

function lookup(context: TenantContext, field: string): ConditionField {
  // With its whole key PostgreSQL knows that it finds a user once.
  const isWhole = typedFields.has(field) ? sql`` : sql` and found.value_type = ''`;
  return {
    kind: 'related',
    value: foundFields.value,
    fields: foundFields,
    exists: (inner) => sql`users.pk in (select found.user_pk from user_values found
      where found.tenant_id = ${context.tenantId} and found.field = ${field}${isWhole} and (${inner}))`,
  };
}

/** Whether an index has the users in the order of a field. */
export function isOrderIndexed(field: UserField): boolean {
  return field === 'id' || field === 'userName';
}

function listFields(list: string, parts: readonly string[]): [string, ConditionField][] {
  const fieldsOf = (element: Sql): Readonly<Record<string, ConditionField>> => ({
    ...Object.fromEntries(parts.map((part) => [part, jsonText([part], element)])),
    primary: { kind: 'json', document: element, path: ['primary'], type: 'flag' },
  });
  const whole: ConditionField = {
    kind: 'elements',
    document: search,
    path: [list],
    of: (element) => ({ fields: fieldsOf(element) }),
  };
  const single = [...parts, 'primary'].map((part): [string, ConditionField] => {
    const of = (element: Sql) => {
      const { [part]: value, primary: preferred } = fieldsOf(element);
      return value && preferred ? { value, preferred } : {};
    };
    return [`${list}.${part}`, { kind: 'elements', document: search, path: [list], of }];
  });
  return [[list, whole], ...single];
}

function jsonText(path: readonly string[], document: Sql = search): ConditionField {
  return { kind: 'json', document, path, type: 'text' };
}

function findExtensionField(name: string): ConditionField | undefined {
  const path = findExtensionPath(name);
  if (path === undefined) return undefined;
  const type = path.length === 2 || name === `${enterpriseUrn}:manager` ? 'any' : 'text';
  return { kind: 'json', document: search, path, type };
}

/** A document path can not hold quotes and backslashes: a field of such a name is none. */
function findExtensionPath(name: string): readonly string[] | undefined {
  if (!name.includes(':') || /["\\]/.test(name)) return undefined;
  const [urn, rest] = name.startsWith(`${enterpriseUrn}:`)
    ? [enterpriseUrn, name.slice(enterpriseUrn.length + 1)]
    : [name, undefined];
  return ['extensions', urn, ...(rest === undefined ? [] : rest.split('.'))];
}
