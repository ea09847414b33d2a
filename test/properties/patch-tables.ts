/** Values of any shape: a reference implementation trusts no type. */
export type Thing = unknown;
/** Attributes by their names. */
export type Table = Readonly<Record<string, Attribute>>;
/** A resource, or an object in one. */
export type Resource = Record<string, Thing>;

/** What RFC 7643 §7 says of an attribute, as far as PATCH asks. */
export interface Attribute {
  readonly kind: 'text' | 'flag' | 'instant' | 'complex';
  readonly many?: true;
  readonly isFixed?: true;
  readonly isOnce?: true;
  readonly isNeeded?: true;
  readonly isCaseExact?: true;
  readonly isIdentity?: true;
  /** What it is until somebody says otherwise, and can not become again by saying nothing. */
  readonly initially?: boolean;
  readonly parts?: Table;
}

const text: Attribute = { kind: 'text' };
const reference: Attribute = { kind: 'text', isCaseExact: true };
const once: Attribute = { kind: 'text', isOnce: true };
const onceExact: Attribute = { kind: 'text', isOnce: true, isCaseExact: true };
const fixed: Attribute = { kind: 'text', isFixed: true };
const fixedExact: Attribute = { kind: 'text', isFixed: true, isCaseExact: true };
const flag: Attribute = { kind: 'flag' };

function textsOf(...names: readonly string[]): Table {
  return Object.fromEntries(names.map((name) => [name, text]));
}

function listOf(parts: Table): Attribute {
  return { kind: 'complex', many: true, parts };
}

const typed = (value: Attribute) => listOf({ value, display: text, type: text, primary: flag });
const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const common: Table = {
  schemas: { kind: 'text', many: true, isFixed: true },
  id: { kind: 'text', isFixed: true, isIdentity: true },
  externalId: { kind: 'text', isCaseExact: true },
  meta: {
    kind: 'complex',
    isFixed: true,
    parts: {
      resourceType: fixed,
      created: { kind: 'instant', isFixed: true },
      lastModified: { kind: 'instant', isFixed: true },
      location: fixed,
      version: fixed,
    },
  },
};

/** RFC 7643 §4, §8.7: the attributes of each schema. */
export const tables: Readonly<Record<string, Table>> = {
  [userUrn]: {
    ...common,
    userName: { kind: 'text', isNeeded: true },
    name: {
      kind: 'complex',
      parts: textsOf(
        'formatted',
        'familyName',
        'givenName',
        'middleName',
        'honorificPrefix',
        'honorificSuffix',
      ),
    },
    ...textsOf(
      'displayName',
      'nickName',
      'title',
      'userType',
      'preferredLanguage',
      'locale',
      'timezone',
      'password',
    ),
    profileUrl: reference,
    active: { kind: 'flag', initially: true },
    emails: typed(text),
    phoneNumbers: typed(text),
    ims: typed(text),
    photos: typed(reference),
    entitlements: typed(text),
    roles: typed(text),
    x509Certificates: typed(reference),
    addresses: listOf({
      ...textsOf(
        'formatted',
        'streetAddress',
        'locality',
        'region',
        'postalCode',
        'country',
        'type',
      ),
      primary: flag,
    }),
    groups: {
      kind: 'complex',
      many: true,
      isFixed: true,
      parts: { value: fixedExact, $ref: fixedExact, display: fixed, type: fixed },
    },
  },
  [enterpriseUrn]: {
    ...textsOf('employeeNumber', 'costCenter', 'organization', 'division', 'department'),
    manager: { kind: 'complex', parts: { value: reference, $ref: reference, displayName: fixed } },
  },
  [groupUrn]: {
    ...common,
    displayName: { kind: 'text', isNeeded: true },
    members: listOf({ value: onceExact, $ref: onceExact, display: once, type: once }),
  },
};

/** Which schemas a resource of each kind may have: its core one first. */
export const schemasOf = { User: [userUrn, enterpriseUrn], Group: [groupUrn] } as const;

/** The kinds of resources that there are. */
export type ReferenceKind = keyof typeof schemasOf;

/** What is called so in a table, in any case, under its own spelling. */
export function findIn(
  table: Table,
  name: string,
): { name: string; attribute: Attribute } | undefined {
  const found = Object.entries(table).find(([each]) => each.toLowerCase() === name.toLowerCase());
  return found && { name: found[0], attribute: found[1] };
}
