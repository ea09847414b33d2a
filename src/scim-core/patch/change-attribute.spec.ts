import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { userResourceType } from '../schema/resource-types.js';
import { applyPatch } from './apply-patch.js';
import { parsePatchRequest } from './parse-patch-request.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What a person's attributes become; `schemas` and the user name stay. */
function patched(stored: JsonObject, ...operations: Json[]): JsonObject {
  const resource = { schemas: [core], userName: 'ada', ...stored };
  const {
    schemas: _schemas,
    userName: _name,
    ...rest
  } = applyPatch(resource, parsePatchRequest(operations), userResourceType);
  return rest;
}

function expectRefused(stored: JsonObject, operations: readonly Json[], scimType: string): void {
  expect(() => patched(stored, ...operations)).toThrow(
    expect.objectContaining({ status: 400, scimType }),
  );
}

const work = { value: 'a', type: 'work', primary: true };
const home = { value: 'b', type: 'home' };
const homeValue = 'emails[type eq "home"].value';
const homePrimary = 'emails[type eq "home"].primary';
const workPrimary = 'emails[type eq "work"].primary';

describe('a list of one for one value', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a text', { op: 'replace', path: 'title', value: ['t'] }, { title: 't' }],
    ['a Boolean', { op: 'replace', path: 'active', value: [false] }, { active: false }],
    ['a Boolean as text', { op: 'replace', path: 'active', value: ['False'] }, { active: false }],
    ['a part', { op: 'add', path: 'name.givenName', value: ['A'] }, { name: { givenName: 'A' } }],
    [
      'an object',
      { op: 'add', path: 'name', value: [{ givenName: 'A' }] },
      { name: { givenName: 'A' } },
    ],
    [
      'a part of an extension',
      { op: 'add', path: `${enterprise}:department`, value: ['D'] },
      { [enterprise]: { department: 'D' } },
    ],
    [
      'a manager',
      { op: 'add', path: `${enterprise}:manager`, value: ['m'] },
      { [enterprise]: { manager: { value: 'm' } } },
    ],
    [
      'an extension',
      { op: 'add', path: enterprise, value: [{ department: 'D' }] },
      { [enterprise]: { department: 'D' } },
    ],
    [
      'members of a value without a path',
      { op: 'replace', value: [{ title: ['t'], active: [true], 'name.givenName': ['A'] }] },
      { title: 't', active: true, name: { givenName: 'A' } },
    ],
    [
      'a part of the chosen entry',
      { op: 'replace', path: 'emails[type eq "work"].value', value: ['a'] },
      { emails: [{ type: 'work', value: 'a' }] },
    ],
    [
      'an entry behind a filter',
      { op: 'add', path: 'emails[type eq "work"]', value: [{ value: 'a' }] },
      { emails: [{ type: 'work', value: 'a' }] },
    ],
    ['null', { op: 'replace', path: 'title', value: [null] }, {}],
  ])('FIND S-20 is opened: %s', (_what, operation, expected) => {
    expect(patched({}, operation)).toEqual(expected);
  });

  it('FIND S-20 is opened for what is removed, too', () => {
    expect(patched({ title: 't' }, { op: 'remove', path: 'title', value: ['t'] })).toEqual({});
  });

  it.each<[string, JsonObject]>([
    ['two elements', { op: 'replace', path: 'title', value: ['t', 'u'] }],
    ['a list in the list', { op: 'replace', path: 'title', value: [['t']] }],
    ['two of a part', { op: 'replace', path: 'emails[type eq "work"].value', value: ['a', 'b'] }],
    ['two entries for one', { op: 'add', path: 'emails[type eq "x"]', value: [home, work] }],
    ['a list in a list of many', { op: 'add', path: 'emails', value: [[home]] }],
  ])('FIND S-9 is the only list that is: not %s', (_what, operation) => {
    expectRefused({ emails: [work] }, [operation], 'invalidValue');
  });
});

describe('entries that come to be the same', () => {
  it('FIND S-2 are one, and primary when either was', () => {
    const emails = [
      { value: 'a', type: 'work', primary: true },
      { value: 'b', type: 'work', primary: false },
    ];
    const operation = { op: 'replace', path: 'emails[type eq "work"].value', value: 'c' };

    expect(patched({ emails }, operation)).toEqual({
      emails: [{ value: 'c', type: 'work', primary: true }],
    });
    expect(patched({ emails: emails.toReversed() }, operation)).toEqual({
      emails: [{ value: 'c', type: 'work', primary: true }],
    });
  });

  it('FIND S-2 are one for the operation behind', () => {
    const operations = [
      { op: 'replace', path: 'emails[type eq "home"].type', value: 'work' },
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'c', type: 'other' } },
    ];

    expect(patched({ emails: [work, { ...home, value: 'a' }] }, ...operations)).toEqual({
      emails: [{ value: 'c', type: 'other' }],
    });
  });
});

describe('two primary entries in one request', () => {
  const emails = [work, home];

  it.each<[string, Json[]]>([
    ['by one filter', [{ op: 'replace', path: 'emails[value pr].primary', value: true }]],
    [
      'by two filters',
      [
        { op: 'replace', path: homePrimary, value: true },
        { op: 'replace', path: workPrimary, value: 'True' },
      ],
    ],
    [
      'by a value with two paths',
      [{ op: 'replace', value: { [workPrimary]: true, [homePrimary]: [true] } }],
    ],
    [
      'by an added entry and a filter',
      [
        { op: 'add', path: 'emails', value: [{ value: 'c', PRIMARY: true }] },
        { op: 'replace', path: 'emails[value eq "c"].display', value: 'C' },
        { op: 'replace', path: homePrimary, value: true },
      ],
    ],
  ])('FIND S-8 are refused: %s', (_how, operations) => {
    expectRefused({ emails }, operations, 'invalidValue');
  });

  it.each<[string, Json[], Json]>([
    [
      'one is taken back first',
      [
        { op: 'replace', path: homePrimary, value: true },
        { op: 'replace', path: homePrimary, value: false },
        { op: 'replace', path: workPrimary, value: true },
      ],
      [
        { ...work, primary: true },
        { ...home, primary: false },
      ],
    ],
    [
      'one is gone again',
      [
        { op: 'add', path: 'emails', value: [{ value: 'c', primary: true }] },
        { op: 'remove', path: 'emails[value eq "c"]' },
        { op: 'replace', path: homePrimary, value: true },
      ],
      [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    ],
    [
      'the list is another by then',
      [
        { op: 'replace', path: homePrimary, value: true },
        { op: 'replace', path: 'emails', value: [{ value: 'c', primary: true }] },
      ],
      [{ value: 'c', primary: true }],
    ],
    [
      'the primary one of old was changed besides',
      [
        { op: 'replace', path: 'emails[type eq "work"].display', value: 'W' },
        { op: 'replace', path: homePrimary, value: true },
      ],
      [
        { ...work, display: 'W', primary: false },
        { ...home, primary: true },
      ],
    ],
  ])('are none where %s', (_how, operations, expected) => {
    expect(patched({ emails }, ...operations)).toEqual({ emails: expected });
  });
});

describe('active', () => {
  const clearing: readonly JsonObject[] = [
    { op: 'remove', path: 'active' },
    { op: 'remove', path: 'ACTIVE', value: null },
    { op: 'replace', path: 'active', value: null },
    { op: 'add', path: `${core}:active`, value: [] },
    { op: 'replace', value: { active: null } },
    { op: 'replace', value: { active: [null] } },
  ];

  it.each(clearing)('FIND S-5 is no longer unassigned once it is false: %j', (operation) => {
    expectRefused({ active: false }, [operation], 'invalidValue');
    expectRefused(
      { active: true },
      [{ op: 'add', path: 'active', value: false }, operation],
      'invalidValue',
    );
  });

  it.each(clearing)('FIND S-5 stays true when it is unassigned: %j', (operation) => {
    expect(patched({ active: true }, operation)).toEqual({ active: true });
    expect(patched({}, operation)).toEqual({});
  });
});

describe('a filter that chooses nothing', () => {
  it.each([
    [
      'the entry would be another',
      { op: 'replace', path: 'emails[value eq "old"].value', value: 'new' },
    ],
    [
      'it contradicts itself',
      { op: 'add', path: 'emails[type eq "x" and type eq "y"].value', value: 'c' },
    ],
    ['the added entry has another type', { op: 'add', path: 'emails[type eq "x"]', value: home }],
    [
      'there is no such manager',
      { op: 'add', path: `${enterprise}:manager[value eq "1"].value`, value: '2' },
    ],
    [
      'it asks for what the server gives',
      { op: 'add', path: `${enterprise}:manager[displayName eq "B"].value`, value: '2' },
    ],
  ])('FIND S-6 is noTarget where %s', (_why, operation) => {
    expectRefused({ emails: [work] }, [operation], 'noTarget');
  });

  it('FIND S-6 makes an entry that meets it', () => {
    expect(patched({ emails: [work] }, { op: 'replace', path: homeValue, value: 'b' })).toEqual({
      emails: [work, home],
    });
  });

  it('makes nothing of an empty value', () => {
    const path = `${enterprise}:manager[value eq "1"].$ref`;

    expect(patched({}, { op: 'replace', path, value: '' })).toEqual({});
  });
});

describe('an operation that can do nothing', () => {
  const stored = {
    title: 't',
    name: { givenName: 'A' },
    roles: [{ value: 'a' }],
    addresses: [{ locality: 'L', type: 'work' }],
  };
  const without = (name: string): JsonObject =>
    Object.fromEntries(Object.entries<Json>(stored).filter(([other]) => other !== name));

  it.each<JsonObject>([
    { op: 'remove', path: 'roles', value: { roles: [{ value: 'a' }] } },
    { op: 'remove', path: 'roles', value: [{ type: 'x' }] },
    { op: 'remove', path: 'roles', value: [[]] },
    { op: 'remove', path: 'roles', value: [['a']] },
    { op: 'remove', path: 'roles', value: '' },
    { op: 'remove', path: 'roles', value: [null] },
    { op: 'remove', path: 'roles', value: [{ value: 'a' }, { value: '' }] },
    { op: 'remove', path: 'roles', value: 7 },
    { op: 'remove', path: 'addresses', value: 'L' },
    { op: 'remove', path: 'addresses', value: [{ type: 'work' }] },
    { op: 'remove', path: 'roles.value', value: 'b' },
    { op: 'remove', path: 'title', value: 'other' },
    { op: 'remove', path: 'title', value: 7 },
    { op: 'remove', path: 'name.givenName', value: 'B' },
    { op: 'remove', path: 'name', value: { givenName: 'B' } },
    { op: 'remove', path: 'name', value: { shoeSize: 44 } },
    { op: 'add', path: 'roles', value: '' },
    { op: 'add', path: 'roles', value: { roles: [{ value: 'b' }] } },
    { op: 'replace', path: 'roles', value: [{ value: 'b' }, { roles: 'b' }] },
    { op: 'replace', path: 'roles', value: [{}] },
    { op: 'replace', path: 'roles[value eq "a"]', value: { role: 'b' } },
    { op: 'replace', path: 'name', value: { shoeSize: 44 } },
    { op: 'replace', value: { roles: { roles: [] } } },
  ])('FIND S-8 is refused: %j', (operation) => {
    expectRefused(stored, [operation], 'invalidValue');
  });

  it.each<Json>([{ department: 'other' }, { department: 'D' }, 'x'])(
    'FIND S-8 is refused: to remove a whole extension with %j beside it',
    (value) => {
      const block = { department: 'D', manager: { value: 'm' } };

      expectRefused(
        { [enterprise]: block },
        [{ op: 'remove', path: enterprise, value }],
        'invalidValue',
      );
      expect(
        patched({ [enterprise]: block }, { op: 'remove', path: enterprise, value: block }),
      ).toEqual({});
    },
  );

  it.each<[JsonObject, JsonObject]>([
    [{ op: 'remove', path: 'roles', value: [] }, stored],
    [{ op: 'remove', path: 'roles', value: [{ value: 'gone' }] }, stored],
    [{ op: 'remove', path: 'nickName', value: 'gone' }, stored],
    [{ op: 'remove', path: 'addresses', value: [{ locality: 'gone' }] }, stored],
    [{ op: 'remove', path: 'roles.display', value: 'gone' }, stored],
    [{ op: 'add', value: { roles: '', name: { shoeSize: 44 } } }, stored],
    [{ op: 'add', path: `${enterprise}:manager`, value: { displayName: 'Boss' } }, stored],
    [{ op: 'remove', path: 'title', value: '' }, without('title')],
    [{ op: 'remove', path: 'roles.value', value: 'a' }, without('roles')],
    [{ op: 'remove', path: 'name', value: { GIVENNAME: 'A' } }, without('name')],
    [
      { op: 'remove', path: 'addresses', value: [{ type: 'work', locality: 'L' }] },
      without('addresses'),
    ],
  ])(
    'is none where all is done already, or there is something to do: %j',
    (operation, expected) => {
      expect(patched(stored, operation)).toEqual(expected);
    },
  );

  it('removes the equal parts of a list only', () => {
    const roles = [
      { value: 'a', display: 'A' },
      { value: 'b', display: 'B' },
    ];

    expect(patched({ roles }, { op: 'remove', path: 'roles.display', value: 'A' })).toEqual({
      roles: [{ value: 'a' }, { value: 'b', display: 'B' }],
    });
  });

  it('knows the manager to remove by the id alone', () => {
    const stored = { [enterprise]: { manager: { value: 'm', $ref: 'r' }, department: 'D' } };
    const remove = (value: Json) => ({ op: 'remove', path: `${enterprise}:manager`, value });

    for (const value of ['m', { value: 'm', $ref: 'other' }]) {
      expect(patched(stored, remove(value))).toEqual({ [enterprise]: { department: 'D' } });
    }
    expectRefused(stored, [remove('n')], 'invalidValue');
  });
});

describe('the value of an entry', () => {
  const emails = [
    { value: 'a', type: 'work', primary: false, display: 'A' },
    { value: 'b', type: 'home', primary: false },
    { value: 'c', type: 'other', primary: false },
  ];

  it.each<JsonObject>([
    { op: 'replace', path: 'emails[primary eq false]', value: { display: 'post' } },
    { op: 'replace', path: 'emails[type eq "work"]', value: { value: '', display: 'post' } },
    { op: 'add', path: 'emails[type eq "work"]', value: { value: null, display: 'post' } },
  ])('FIND S-13 is not lost beside the rest of it: %j', (operation) => {
    expectRefused({ emails }, [operation], 'invalidValue');
  });

  it.each<JsonObject>([
    { op: 'replace', path: 'emails[type eq "work"].value', value: '' },
    { op: 'remove', path: 'emails[type eq "work"].value' },
  ])('FIND S-13 takes the whole entry with it when it is cleared: %j', (operation) => {
    expect(patched({ emails }, operation)).toEqual({ emails: emails.slice(1) });
  });

  it('may come later than the rest of it', () => {
    const operations = [
      { op: 'Add', path: workPrimary, value: 'True' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'a' },
    ];

    expect(patched({}, ...operations)).toEqual({ emails: [work] });
  });
});
