import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../json.js';
import { defineAttribute, type ResourceType } from '../schema/attribute.js';
import { groupResourceType, userResourceType } from '../schema/resource-types.js';
import { ScimError } from '../scim-error.js';
import { applyPatch } from './apply-patch.js';
import { parsePatchRequest, patchOpUrn } from './parse-patch-request.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const unknown = 'urn:example:unknown:2.0:User';

const work = { type: 'work', value: 'ada@work.test', primary: true };
const home = { type: 'home', value: 'ada@home.test' };

const ada: JsonObject = {
  schemas: [core, enterprise],
  id: '1',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  active: true,
  emails: [work, home],
  groups: [{ value: 'g1' }],
  meta: { resourceType: 'User' },
  [enterprise]: {
    department: 'Sales',
    manager: { value: 'm1', $ref: '/Users/m1', displayName: 'Boss' },
  },
};

/** Freezes all the way down, so that writing into the given resource throws. */
function frozen<Value extends Json>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
frozen(ada);

function patch(
  operations: Json[],
  resource: JsonObject = ada,
  type: ResourceType = userResourceType,
): JsonObject {
  const parsed = parsePatchRequest({ schemas: [patchOpUrn], Operations: operations });
  return applyPatch(resource, parsed, type);
}

function refusal(scimType: string, status = 400): unknown {
  return expect.objectContaining({ status, scimType });
}

/** What differs from ada: a member set to undefined is gone. */
function adaWith(changes: Record<string, Json | undefined>): JsonObject {
  const merged = Object.entries({ ...ada, ...changes });
  return Object.fromEntries(
    merged.filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

const adaName = (name: Json): JsonObject => adaWith({ name });
const adaEmails = (...emails: Json[]): JsonObject => adaWith({ emails });
const adaEnterprise = (changes: Record<string, Json>): JsonObject =>
  adaWith({
    [enterprise]: {
      department: 'Sales',
      manager: { value: 'm1', $ref: '/Users/m1', displayName: 'Boss' },
      ...changes,
    },
  });

const cases: readonly [string, Json[], JsonObject][] = [
  [
    'M9 merges a pathless add',
    [{ op: 'add', value: { title: 'Dr', name: { middleName: 'K' } } }],
    adaWith({ title: 'Dr', name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'K' } }),
  ],
  [
    'M10 adds to an absent attribute',
    [{ op: 'add', path: 'nickName', value: 'A' }],
    adaWith({ nickName: 'A' }),
  ],
  [
    'M10 replaces a single value',
    [{ op: 'add', path: 'userName', value: 'b' }],
    adaWith({ userName: 'b' }),
  ],
  [
    'M10 appends to a list',
    [{ op: 'add', path: 'emails', value: [{ value: 'c' }] }],
    adaEmails(work, home, { value: 'c' }),
  ],
  ['M11 adds nothing that is there', [{ op: 'add', path: 'emails', value: [home] }], ada],
  [
    'M11 knows an entry by value and type',
    [{ op: 'add', path: 'emails', value: [{ ...home, display: 'H' }] }],
    adaEmails(work, { ...home, display: 'H' }),
  ],
  [
    'M11 knows an entry that lacks its type',
    [{ op: 'add', path: 'emails', value: [{ value: 'ada@home.test' }] }],
    ada,
  ],
  [
    'E5 keeps entries of other types apart',
    [{ op: 'add', path: 'emails', value: [{ value: 'ada@home.test', type: 'other' }] }],
    adaEmails(work, home, { value: 'ada@home.test', type: 'other' }),
  ],
  [
    'E5 gives a type to one entry only',
    [
      { op: 'add', path: 'ims', value: [{ value: 'x' }] },
      {
        op: 'add',
        path: 'ims',
        value: [
          { value: 'x', type: 'a' },
          { value: 'x', type: 'b' },
        ],
      },
    ],
    adaWith({
      ims: [
        { value: 'x', type: 'a' },
        { value: 'x', type: 'b' },
      ],
    }),
  ],
  [
    'M12 keeps the other sub-attributes',
    [{ op: 'add', path: 'name', value: { givenName: 'B' } }],
    adaName({ givenName: 'B', familyName: 'Lovelace' }),
  ],
  [
    'M13 takes one object as one entry',
    [{ op: 'add', path: 'roles', value: { value: 'admin' } }],
    adaWith({ roles: [{ value: 'admin' }] }),
  ],
  [
    'M13 takes a text as one entry',
    [{ op: 'add', path: 'roles', value: ['admin', 'admin'] }],
    adaWith({ roles: [{ value: 'admin' }] }),
  ],
  ['M15 removes a single value', [{ op: 'remove', path: 'name' }], adaWith({ name: undefined })],
  [
    'M15 removes a sub-attribute',
    [{ op: 'remove', path: 'name.givenName' }],
    adaName({ familyName: 'Lovelace' }),
  ],
  [
    'M15 removes the last sub-attribute',
    [
      { op: 'remove', path: 'name.givenName' },
      { op: 'remove', path: 'name.familyName' },
    ],
    adaWith({ name: undefined }),
  ],
  ['M15 removes a list', [{ op: 'remove', path: 'emails' }], adaWith({ emails: undefined })],
  ['M15 removes what is not there', [{ op: 'remove', path: 'title' }], ada],
  [
    'M16 removes the chosen entries',
    [{ op: 'remove', path: 'emails[type eq "home"]' }],
    adaEmails(work),
  ],
  [
    'M16 unassigns an emptied list',
    [{ op: 'remove', path: 'emails[value co "ada"]' }],
    adaWith({ emails: undefined }),
  ],
  [
    'M16 chooses by and, or and not',
    [{ op: 'remove', path: 'emails[not (primary eq true) and (type eq "x" or value pr)]' }],
    adaEmails(work),
  ],
  [
    'M16 removes nothing that is not there',
    [{ op: 'remove', path: 'emails[type eq "other"]' }],
    ada,
  ],
  [
    'M17 removes a sub-attribute of the chosen',
    [{ op: 'remove', path: 'emails[type eq "work"].primary' }],
    adaEmails({ type: 'work', value: 'ada@work.test' }, home),
  ],
  [
    'M17 drops an entry that is only labels',
    [{ op: 'remove', path: 'emails[type eq "work"].value' }],
    adaEmails(home),
  ],
  [
    'M19 leaves what a pathless replace does not name',
    [{ op: 'replace', value: { active: false } }],
    adaWith({ active: false }),
  ],
  [
    'M20 replaces what is missing',
    [{ op: 'replace', path: 'title', value: 'Dr' }],
    adaWith({ title: 'Dr' }),
  ],
  ['M21 replaces a list', [{ op: 'replace', path: 'emails', value: [home] }], adaEmails(home)],
  [
    'M22 changes the given sub-attributes',
    [{ op: 'replace', path: 'name', value: { givenName: 'B' } }],
    adaName({ givenName: 'B', familyName: 'Lovelace' }),
  ],
  [
    'M23 replaces the chosen entry',
    [{ op: 'replace', path: 'emails[type eq "home"]', value: { type: 'x', value: 'y' } }],
    adaEmails(work, { type: 'x', value: 'y' }),
  ],
  [
    'M23 replaces one sub-attribute of the chosen',
    [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'y' }],
    adaEmails(work, { type: 'home', value: 'y' }),
  ],
  [
    'M23 replaces a sub-attribute of every entry',
    [{ op: 'replace', path: 'emails.display', value: 'D' }],
    adaEmails({ ...work, display: 'D' }, { ...home, display: 'D' }),
  ],
  [
    'M25 accepts a readOnly value that is the current one',
    [
      { op: 'replace', path: 'id', value: '1' },
      { op: 'add', path: 'groups', value: [{ value: 'g1' }] },
    ],
    ada,
  ],
  [
    'M25 passes over readOnly names without a path',
    [{ op: 'replace', value: { id: '1', schemas: [core], meta: {}, groups: [] } }],
    ada,
  ],
  [
    'M27 moves primary',
    [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    adaEmails({ ...work, primary: false }, { ...home, primary: true }),
  ],
  [
    'M27 moves primary to an added entry',
    [{ op: 'add', path: 'emails', value: [{ value: 'n', primary: true }] }],
    adaEmails({ ...work, primary: false }, home, { value: 'n', primary: true }),
  ],
  [
    'M30 names an extension that gets values',
    [
      { op: 'remove', path: enterprise },
      { op: 'add', path: `${enterprise}:division`, value: 'D' },
    ],
    adaWith({ [enterprise]: { division: 'D' } }),
  ],
  [
    'M30 drops an extension that loses its last',
    [
      { op: 'remove', path: `${enterprise}:department` },
      { op: 'remove', path: `${enterprise}:manager` },
    ],
    adaWith({ schemas: [core], [enterprise]: undefined }),
  ],
  [
    'M33 takes dotted and URN keys',
    [{ op: 'replace', value: { 'name.givenName': 'B', [`${enterprise}:department`]: 'HR' } }],
    { ...adaEnterprise({ department: 'HR' }), name: { givenName: 'B', familyName: 'Lovelace' } },
  ],
  [
    'M33 takes nested extension objects',
    [
      {
        op: 'add',
        value: { [enterprise.toUpperCase()]: { Division: 'D', 'manager.value': 'm1' } },
      },
    ],
    adaEnterprise({ division: 'D' }),
  ],
  [
    'M33 takes a filter in a key',
    [{ op: 'replace', value: { 'emails[type eq "home"].value': 'y' } }],
    adaEmails(work, { type: 'home', value: 'y' }),
  ],
  [
    'M33 takes the core URN',
    [{ op: 'replace', value: { [core]: { title: 'Dr' }, [`${core}:nickName`]: 'A' } }],
    adaWith({ title: 'Dr', nickName: 'A' }),
  ],
  [
    "P6 answers in the schema's spelling",
    [
      { op: 'ADD', path: 'NAME.GIVENNAME', value: 'B' },
      { op: 'add', value: { TITLE: 'T' } },
    ],
    adaWith({ name: { givenName: 'B', familyName: 'Lovelace' }, title: 'T' }),
  ],
  [
    "P6 knows the spelling of a value's names",
    [{ op: 'add', path: 'emails', value: [{ Value: 'v', TYPE: 't' }] }],
    adaEmails(work, home, { value: 'v', type: 't' }),
  ],
  [
    'P10 passes over unknown names',
    [{ op: 'add', value: { shoeSize: 44, name: { x: 1 }, 'a.b.c': 1, '': 2 } }],
    ada,
  ],
  [
    "stores an unknown schema's object",
    [
      { op: 'add', value: { [unknown]: { a: { b: 1 } } } },
      { op: 'add', path: unknown, value: { c: 2 } },
    ],
    adaWith({ schemas: [core, enterprise, unknown], [unknown]: { a: { b: 1 }, c: 2 } }),
  ],
  [
    "removes an unknown schema's object",
    [
      { op: 'add', value: { [unknown]: { a: 1 } } },
      { op: 'remove', path: unknown },
    ],
    ada,
  ],
  [
    "replaces a whole extension's named attributes",
    [{ op: 'replace', path: enterprise, value: { department: 'HR' } }],
    adaEnterprise({ department: 'HR' }),
  ],
  [
    'makes an entry for a sub-attribute of none',
    [{ op: 'add', path: 'ims.value', value: 'x' }],
    adaWith({ ims: [{ value: 'x' }] }),
  ],
  [
    'makes no entry for nothing',
    [
      { op: 'replace', path: 'ims.value', value: '' },
      { op: 'remove', path: 'ims.value' },
    ],
    ada,
  ],
  ['takes a password', [{ op: 'replace', value: { password: 'x' } }], adaWith({ password: 'x' })],
];

const entraCases: readonly [string, Json[], JsonObject][] = [
  [
    'reads "False"',
    [{ op: 'Replace', path: 'active', value: 'False' }],
    adaWith({ active: false }),
  ],
  [
    'reads "True" behind a filter',
    [{ op: 'Add', path: 'emails[type eq "home"].primary', value: 'True' }],
    adaEmails({ ...work, primary: false }, { ...home, primary: true }),
  ],
  [
    'makes the entry that an add does not find',
    [{ op: 'Add', path: 'phoneNumbers[type eq "Mobile"].value', value: '+1' }],
    adaWith({ phoneNumbers: [{ type: 'Mobile', value: '+1' }] }),
  ],
  [
    'makes the entry that a replace does not find',
    [{ op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' }],
    adaWith({ phoneNumbers: [{ type: 'mobile', value: '+1' }] }),
  ],
  [
    'makes one entry for several operations',
    [
      { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Linz' },
      { op: 'Add', path: 'addresses[type eq "work"].Formatted', value: 'F' },
      { op: 'Replace', path: 'addresses[TYPE eq "WORK"].country', value: 'AT' },
    ],
    adaWith({ addresses: [{ type: 'work', locality: 'Linz', formatted: 'F', country: 'AT' }] }),
  ],
  [
    'makes an entry with all its facts',
    [{ op: 'Add', path: 'emails[type eq "other" and primary eq "True"].value', value: 'o' }],
    adaEmails({ ...work, primary: false }, home, { type: 'other', primary: true, value: 'o' }),
  ],
  [
    'adds a whole entry behind a filter',
    [{ op: 'Add', path: 'emails[type eq "other"]', value: { value: 'o' } }],
    adaEmails(work, home, { type: 'other', value: 'o' }),
  ],
  [
    'makes nothing for an empty value',
    [{ op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '' }],
    ada,
  ],
  [
    'clears a value behind a filter',
    [{ op: 'Replace', path: 'emails[type eq "home"].value', value: '' }],
    adaEmails(work),
  ],
  [
    'clears with an empty text',
    [{ op: 'Replace', path: 'name.givenName', value: '' }],
    adaName({ familyName: 'Lovelace' }),
  ],
  [
    'clears with null',
    [{ op: 'Replace', path: 'name', value: null }],
    adaWith({ name: undefined }),
  ],
  [
    'clears with an empty list',
    [{ op: 'Replace', path: 'emails', value: [] }],
    adaWith({ emails: undefined }),
  ],
  [
    'clears without a path',
    [{ op: 'replace', value: { emails: null, name: { givenName: '' }, [enterprise]: null } }],
    adaWith({
      emails: undefined,
      name: { familyName: 'Lovelace' },
      [enterprise]: undefined,
      schemas: [core],
    }),
  ],
  [
    'sets a manager by a text and drops what told of the old one',
    [{ op: 'Add', path: `${enterprise}:manager`, value: 'm2' }],
    adaEnterprise({ manager: { value: 'm2' } }),
  ],
  [
    'sets a manager by an object',
    [
      {
        op: 'Replace',
        path: `${enterprise}:manager`,
        value: { value: 'm2', displayName: 'X', $ref: 'r' },
      },
    ],
    adaEnterprise({ manager: { value: 'm2', $ref: 'r' } }),
  ],
  [
    'keeps the same manager as it is',
    [{ op: 'Replace', path: `${enterprise}:manager`, value: 'm1' }],
    ada,
  ],
  [
    'clears a manager with ""',
    [{ op: 'Add', path: `${enterprise}:manager`, value: '' }],
    adaWith({ [enterprise]: { department: 'Sales' } }),
  ],
  [
    'clears a manager with null',
    [{ op: 'Replace', path: `${enterprise}:manager`, value: null }],
    adaWith({ [enterprise]: { department: 'Sales' } }),
  ],
  [
    'removes a list of values only',
    [{ op: 'Remove', path: 'emails', value: [{ $ref: null, value: 'ada@home.test' }] }],
    adaEmails(work),
  ],
  [
    'removes a listed value of that type only',
    [{ op: 'Remove', path: 'emails', value: [{ type: 'other', value: 'ada@home.test' }] }],
    ada,
  ],
  ['removes nothing for an empty list', [{ op: 'Remove', path: 'emails', value: [] }], ada],
  [
    'keeps JSON in a role as text',
    [{ op: 'Add', path: 'roles', value: [{ value: '{"id":"1"}' }] }],
    adaWith({ roles: [{ value: '{"id":"1"}' }] }),
  ],
];

describe('applyPatch', () => {
  it.each(cases)('%s', (_sentence, operations, expected) => {
    expect(patch(operations)).toEqual(expected);
  });

  it.each(entraCases)('%s, as Entra ID needs it', (_sentence, operations, expected) => {
    expect(patch(operations)).toEqual(expected);
  });

  it.each<[string, Json, string]>([
    ['M7', { op: 'add', path: 'shoeSize', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'name.shoeSize', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'userName.value', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'userName[value eq "x"]', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'unknown:level', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'urn:example:unknown:2.0', value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: `${enterprise}:shoeSize`, value: 1 }, 'invalidPath'],
    ['M7', { op: 'add', path: 'constructor', value: {} }, 'invalidPath'],
    ['S9', { op: 'add', path: `${core}:__proto__`, value: {} }, 'invalidPath'],
    ['S9', { op: 'add', path: `${unknown}:__proto__`, value: {} }, 'invalidPath'],
    ['S9', { op: 'add', path: 'name.constructor', value: {} }, 'invalidPath'],
    ['M8', { op: 'remove', path: 'emails[shoeSize eq 1]' }, 'invalidFilter'],
    ['M8', { op: 'replace', value: { 'emails[type eq].value': 'x' } }, 'invalidFilter'],
    ['M18', { op: 'remove', path: 'userName' }, 'mutability'],
    ['M18', { op: 'remove', path: 'id' }, 'mutability'],
    ['M18', { op: 'remove', path: 'groups' }, 'mutability'],
    ['M18', { op: 'remove', path: 'meta' }, 'mutability'],
    ['M18', { op: 'remove', path: core }, 'mutability'],
    ['M24', { op: 'replace', path: 'emails[type eq "other"]', value: { value: 'x' } }, 'noTarget'],
    ['M24', { op: 'replace', path: 'emails[type sw "oth"].value', value: 'x' }, 'noTarget'],
    [
      'M24',
      { op: 'add', path: 'emails[type eq "a" or type eq "b"].value', value: 'x' },
      'noTarget',
    ],
    ['M24', { op: 'replace', path: 'name[givenName eq "Bob"].familyName', value: 'x' }, 'noTarget'],
    ['M25', { op: 'replace', path: 'id', value: '2' }, 'mutability'],
    ['M25', { op: 'replace', value: { id: '2' } }, 'mutability'],
    ['M25', { op: 'add', path: 'meta.created', value: '2024-05-01T00:00:00Z' }, 'mutability'],
    ['M25', { op: 'add', path: 'groups', value: [{ value: 'g2' }] }, 'mutability'],
    ['M25', { op: 'add', path: 'groups[value eq "g1"].display', value: 'x' }, 'mutability'],
    ['M25', { op: 'add', path: 'schemas', value: [unknown] }, 'mutability'],
    ['M25', { op: 'replace', path: `${enterprise}:manager.displayName`, value: 'X' }, 'mutability'],
    ['M29', { op: 'add', path: 'active', value: 'yes' }, 'invalidValue'],
    ['M29', { op: 'add', path: 'active', value: '' }, 'invalidValue'],
    ['M29', { op: 'add', path: 'active', value: 1 }, 'invalidValue'],
    ['M29', { op: 'replace', value: { userName: 5 } }, 'invalidValue'],
    ['M29', { op: 'add', path: 'name', value: 'Ada' }, 'invalidValue'],
    ['M29', { op: 'add', path: 'title', value: ['a', 'b'] }, 'invalidValue'],
    ['M29', { op: 'add', path: 'title', value: [['a']] }, 'invalidValue'],
    ['M29', { op: 'add', path: 'emails', value: 5 }, 'invalidValue'],
    ['M29', { op: 'add', path: 'addresses', value: 'Linz' }, 'invalidValue'],
    ['M29', { op: 'add', path: enterprise, value: 'x' }, 'invalidValue'],
    ['M29', { op: 'add', path: 'title', value: 'a\0b' }, 'invalidValue'],
    ['C3', { op: 'replace', path: 'userName', value: '' }, 'invalidValue'],
    ['C3', { op: 'replace', value: { userName: null } }, 'invalidValue'],
    [
      'E4',
      {
        op: 'replace',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['E4', { op: 'replace', path: 'emails.primary', value: true }, 'invalidValue'],
  ])('%s refuses %j with %s', (_id, operation, scimType) => {
    expect(() => patch([operation])).toThrow(refusal(scimType));
  });

  it('M4 leaves the resource as it was when a later operation fails, and names that one', () => {
    const before = structuredClone(ada);

    expect(() =>
      patch([
        { op: 'add', path: 'title', value: 'x' },
        { op: 'remove', path: 'userName' },
      ]),
    ).toThrow(expect.objectContaining({ detail: expect.stringContaining('Operations[1]') }));
    expect(ada).toEqual(before);
  });

  it('names the path of the operation at fault as it was written, and that of a required value of blanks', () => {
    expect(() =>
      patch([{ op: 'replace', path: 'Emails[type eq "fax"]', value: { value: 'x' } }]),
    ).toThrow(
      'Operations[0], path "Emails[type eq \\"fax\\"]": No entry of emails meets the filter.',
    );
    expect(() => patch([{ op: 'replace', path: 'userName', value: ' ' }])).toThrow(
      'Operations[0], path "userName": userName is required.',
    );
  });

  it('M5 applies each operation to the outcome of the one before', () => {
    const operations = [
      { op: 'add', path: 'emails', value: [{ type: 'other', value: 'o' }] },
      { op: 'replace', path: 'emails[type eq "other"].value', value: 'p' },
      { op: 'remove', path: 'emails[type eq "work"]' },
    ];

    expect(patch(operations)).toEqual(adaEmails(home, { type: 'other', value: 'p' }));
  });

  it('M18 keeps the name of a group', () => {
    const group: JsonObject = {
      schemas: [groupResourceType.schema.id],
      id: 'g',
      displayName: 'Staff',
    };

    expect(() => patch([{ op: 'remove', path: 'displayName' }], group, groupResourceType)).toThrow(
      refusal('mutability'),
    );
  });

  it('accepts a rename that repeats the own id, as Okta sends it', () => {
    const group: JsonObject = {
      schemas: [groupResourceType.schema.id],
      id: 'g',
      displayName: 'Staff',
      members: [{ value: 'u' }],
    };

    expect(
      patch(
        [{ op: 'replace', value: { id: 'g', displayName: 'Sales' } }],
        group,
        groupResourceType,
      ),
    ).toEqual({
      ...group,
      displayName: 'Sales',
    });
  });

  it('K5 leaves one entry for a member that is added twice, and what it said of itself', () => {
    const group: JsonObject = {
      displayName: 'Staff',
      members: [{ value: 'u', type: 'User', display: 'U' }],
    };
    const again = { op: 'add', path: 'members', value: [{ value: 'u', display: 'other' }] };

    expect(patch([again], group, groupResourceType)).toEqual(group);
  });

  it('M26 sets an immutable attribute once', () => {
    const badge = defineAttribute({ name: 'badge', description: '', mutability: 'immutable' });
    const type: ResourceType = {
      ...userResourceType,
      schema: {
        ...userResourceType.schema,
        attributes: [...userResourceType.schema.attributes, badge],
      },
    };
    const set = patch([{ op: 'add', path: 'badge', value: '7' }], ada, type);

    expect(set).toEqual(adaWith({ badge: '7' }));
    expect(patch([{ op: 'add', path: 'badge', value: '7' }], set, type)).toEqual(set);
    expect(() => patch([{ op: 'replace', path: 'badge', value: '8' }], set, type)).toThrow(
      refusal('mutability'),
    );
    expect(() => patch([{ op: 'remove', path: 'badge' }], set, type)).toThrow(
      refusal('mutability'),
    );
  });

  it('M26 changes nothing inside a member', () => {
    const group: JsonObject = { displayName: 'Staff', members: [{ value: 'u' }] };

    for (const path of ['members[value eq "u"].value', 'members.value']) {
      expect(() => patch([{ op: 'replace', path, value: 'v' }], group, groupResourceType)).toThrow(
        refusal('mutability'),
      );
    }
  });

  it('knows an unknown schema in any case', () => {
    const custom = adaWith({ schemas: [core, enterprise, unknown], [unknown]: { a: 1 } });
    const urn = unknown.toUpperCase();

    expect(patch([{ op: 'add', value: { [urn]: { b: 2 } } }], custom)).toMatchObject({
      schemas: [core, enterprise, unknown],
      [unknown]: { a: 1, b: 2 },
    });
    expect(patch([{ op: 'remove', path: urn }], custom)).toEqual(ada);
    expect(
      patch(
        [
          { op: 'remove', path: unknown },
          { op: 'add', value: { [urn]: { b: 2 } } },
        ],
        custom,
      ),
    ).toEqual(adaWith({ schemas: [core, enterprise, urn], [urn]: { b: 2 } }));
  });

  it('S9 stores nothing under the names of a prototype', () => {
    const value = JSON.parse(
      `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a.__proto__.b":1,"name":{"__proto__":{"polluted":1}},` +
        `"${core}:__proto__":{"polluted":1},"${unknown}:__proto__":{"polluted":1},"${unknown}":{"__proto__":{"polluted":1},"a":{"constructor":1}}}`,
    ) as Json;

    const result = patch([{ op: 'add', value }]);

    expect(result).toEqual(adaWith({ schemas: [core, enterprise, unknown], [unknown]: { a: {} } }));
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is done in time with two long lists', () => {
    const many = (from: number): Json[] =>
      Array.from({ length: 20_000 }, (_item, index) => ({ value: `v${from + index}`, type: 'x' }));
    const result = patch(
      [
        { op: 'add', path: 'emails', value: many(10_000) },
        { op: 'remove', path: 'emails', value: many(0) },
      ],
      adaWith({ emails: many(0) }),
    );

    expect(result.emails).toHaveLength(10_000);
  });

  it('leaves its input and every prototype as they were, whatever the operations', () => {
    const before = JSON.stringify(ada);
    const name = fc.constantFrom(
      'emails',
      'name',
      'userName',
      'value',
      'type',
      'primary',
      '__proto__',
      'constructor',
      enterprise,
      unknown,
      'manager',
      'id',
    );
    const path = fc.oneof(
      fc.tuple(name, name).map(([left, right]) => `${left}.${right}`),
      fc.tuple(name, name).map(([left, right]) => `${left}:${right}`),
      fc
        .tuple(name, name, name)
        .map(([left, middle, right]) => `${left}[${middle} eq "work"].${right}`),
      name,
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.dictionary(path, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
    );
    const operation = fc.record(
      { op: fc.constantFrom('add', 'remove', 'replace', 'Add'), path, value },
      { requiredKeys: ['op'] },
    );
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 5 }), (operations) => {
        try {
          patch(JSON.parse(JSON.stringify(operations)) as Json[]);
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
        }
        return JSON.stringify(ada) === before && Object.keys(Object.prototype).length === 0;
      }),
      { numRuns: 2000 },
    );
  });
});
