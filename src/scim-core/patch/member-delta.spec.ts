import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { groupResourceType } from '../schema/resource-types.js';
import { memberDelta, readMembers, type MemberDelta } from './member-delta.js';
import { parsePatchRequest, patchOpUrn } from './parse-patch-request.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:Group';

function delta(...operations: Json[]): MemberDelta {
  return memberDelta(
    parsePatchRequest({ schemas: [patchOpUrn], Operations: operations }),
    groupResourceType,
  );
}

describe('memberDelta', () => {
  it.each<[string, Json, unknown[]]>([
    [
      'adds a list',
      {
        op: 'add',
        path: 'members',
        value: [
          { value: '1', display: 'A' },
          { value: '2', type: 'Group', $ref: 'r' },
        ],
      },
      [
        {
          kind: 'add',
          members: [
            { value: '1', display: 'A' },
            { value: '2', type: 'Group', $ref: 'r' },
          ],
        },
      ],
    ],
    [
      'adds one object',
      { op: 'Add', path: 'Members', value: { Value: '1' } },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'adds a bare id',
      { op: 'add', path: `${core}:members`, value: '1' },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'adds an id once',
      { op: 'add', path: 'members', value: [{ value: '1' }, '1'] },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    ['adds nothing for an empty list', { op: 'add', path: 'members', value: [] }, []],
    [
      'adds without a path',
      { op: 'add', value: { members: [{ value: '1' }] } },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'adds below the core URN',
      { op: 'add', value: { [core]: { members: ['1'] } } },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'adds by the core URN as path',
      { op: 'add', path: core, value: { members: ['1'] } },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'removes by filter',
      { op: 'remove', path: 'members[value eq "1"]' },
      [{ kind: 'remove', values: ['1'] }],
    ],
    [
      'removes by a filter of several ids',
      { op: 'remove', path: 'MEMBERS[value eq "A" or (VALUE eq "b" or value eq "c")]' },
      [{ kind: 'remove', values: ['A', 'b', 'c'] }],
    ],
    [
      'removes by another filter',
      { op: 'remove', path: 'members[type eq "Group"]' },
      [
        {
          kind: 'removeWhere',
          filter: expect.objectContaining({ kind: 'compare', value: 'group' }),
        },
      ],
    ],
    [
      'removes a list of values',
      { op: 'Remove', path: 'members', value: [{ $ref: null, value: '1' }, { value: '2' }] },
      [{ kind: 'remove', values: ['1', '2'] }],
    ],
    [
      'removes a single object',
      { op: 'remove', path: 'members', value: { value: '1' } },
      [{ kind: 'remove', values: ['1'] }],
    ],
    ['removes nothing for an empty list', { op: 'remove', path: 'members', value: [] }, []],
    ['removes all without a value', { op: 'remove', path: 'members' }, [{ kind: 'removeAll' }]],
    [
      'replaces all',
      { op: 'replace', path: 'members', value: [{ value: '1' }] },
      [{ kind: 'replaceAll', members: [{ value: '1' }] }],
    ],
    [
      'replaces all by nothing',
      { op: 'replace', path: 'members', value: [] },
      [{ kind: 'replaceAll', members: [] }],
    ],
    [
      'FIND S-20 adds from an object in a list of one, without a path',
      { op: 'add', value: [{ members: [{ value: '1' }] }] },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'FIND S-20 adds from one below the core URN',
      { op: 'add', path: `${core}:`, value: [{ members: ['1'] }] },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'FIND S-9 adds from JSON text',
      { op: 'add', value: `{"members":[{"value":"1"}]}` },
      [{ kind: 'add', members: [{ value: '1' }] }],
    ],
    [
      'removes an id once',
      { op: 'remove', path: 'members', value: ['1', { value: '1' }] },
      [{ kind: 'remove', values: ['1'] }],
    ],
    ['passes over an empty text to add without a path', { op: 'add', value: { members: '' } }, []],
    [
      'replaces all by an empty text',
      { op: 'replace', path: 'members', value: '' },
      [{ kind: 'replaceAll', members: [] }],
    ],
    [
      'replaces all by null',
      { op: 'replace', value: { members: null } },
      [{ kind: 'replaceAll', members: [] }],
    ],
  ])('%s', (_sentence, operation, steps) => {
    expect(delta(operation)).toEqual({ steps, rest: [] });
  });

  it('leaves the members alone when Okta renames a group', () => {
    const { steps, rest } = delta({ op: 'replace', value: { id: 'g', displayName: 'Sales' } });

    expect(steps).toEqual([]);
    expect(rest).toMatchObject([
      { index: 0, op: 'replace', value: { id: 'g', displayName: 'Sales' } },
    ]);
  });

  it('parts a value that holds both', () => {
    const { steps, rest } = delta({
      op: 'replace',
      value: { displayName: 'Sales', members: ['1'] },
    });

    expect(steps).toEqual([{ kind: 'replaceAll', members: [{ value: '1' }] }]);
    expect(rest).toMatchObject([
      { op: 'replace', path: undefined, value: { displayName: 'Sales' } },
    ]);
  });

  it('leaves attributes of unknown schemas to the rest', () => {
    const value = { 'urn:example:corp:2.0:Group:tag': 'x', members: ['1'] };
    const inCore = { [core]: { 'urn:example:corp:2.0:Group:tag': 'x', displayName: 'Sales' } };

    expect(delta({ op: 'replace', value })).toMatchObject({
      steps: [{ kind: 'replaceAll' }],
      rest: [{ value: { 'urn:example:corp:2.0:Group:tag': 'x' } }],
    });
    expect(delta({ op: 'replace', value: inCore }).rest).toMatchObject([
      { value: { displayName: 'Sales' } },
    ]);
    expect(delta({ op: 'replace', value: inCore }).rest[0]?.value).not.toHaveProperty([
      'urn:example:corp:2.0:Group:tag',
    ]);
  });

  it('keeps the order of steps and the index of the rest', () => {
    const { steps, rest } = delta(
      { op: 'remove', path: 'members[value eq "1"]' },
      { op: 'replace', path: 'displayName', value: 'x' },
      { op: 'add', path: 'members', value: [{ value: '1' }] },
    );

    expect(steps.map(({ kind }) => kind)).toEqual(['remove', 'add']);
    expect(rest).toMatchObject([{ index: 1 }]);
  });

  it.each<[string, Json, string]>([
    ['a part of every member', { op: 'add', path: 'members.value', value: '1' }, 'invalidPath'],
    [
      'a change inside a member',
      { op: 'replace', path: 'members[value eq "1"].display', value: 'x' },
      'mutability',
    ],
    [
      'the exchange of a member',
      { op: 'replace', path: 'members[value eq "1"]', value: { value: '2' } },
      'mutability',
    ],
    [
      'a member without id',
      { op: 'add', path: 'members', value: [{ display: 'x' }] },
      'invalidValue',
    ],
    [
      'a member with an empty id',
      { op: 'remove', path: 'members', value: [{ value: '' }] },
      'invalidValue',
    ],
    [
      'FIND S-8 an empty text to remove',
      { op: 'remove', path: 'members', value: '' },
      'invalidValue',
    ],
    ['FIND S-8 an empty text to add', { op: 'add', path: 'members', value: '' }, 'invalidValue'],
    ['FIND S-8 no entry to remove', { op: 'remove', path: 'members', value: [[]] }, 'invalidValue'],
    [
      'FIND S-8 an entry without id to remove',
      { op: 'remove', path: 'members', value: [{ type: 'User' }] },
      'invalidValue',
    ],
    [
      'FIND S-8 an object that is no member to remove',
      { op: 'remove', path: 'members', value: { members: ['1'] } },
      'invalidValue',
    ],
    ['a member that is a number', { op: 'add', path: 'members', value: [1] }, 'invalidValue'],
    ['a member that is null', { op: 'add', path: 'members', value: [null] }, 'invalidValue'],
    [
      'a list in the list',
      { op: 'add', path: 'members', value: [[{ value: '1' }, { value: '2' }]] },
      'invalidValue',
    ],
    [
      'a filter by what members do not have',
      { op: 'remove', path: 'members[name eq "1"]' },
      'invalidFilter',
    ],
  ])('refuses %s and names the operation', (_sentence, operation, scimType) => {
    const error = expect.objectContaining({
      status: 400,
      scimType,
      detail: expect.stringContaining('Operations[0]'),
    });

    expect(() => delta(operation)).toThrow(error);
  });
});

describe('readMembers', () => {
  it('reads the members of a body, each id once', () => {
    expect(
      readMembers([{ value: '1' }, { value: '1', display: 'x' }, '2'], groupResourceType),
    ).toEqual([{ value: '1' }, { value: '2' }]);
  });

  it('takes null for nobody', () => {
    expect(readMembers(null, groupResourceType)).toEqual([]);
  });
});
