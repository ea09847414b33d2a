import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/kernel/json.js';
import { findMismatches } from './matcher.js';

/** What an answer has, what a conversation needs. */
type Pair = readonly [Json | undefined, Json];

describe('findMismatches', () => {
  it.each<Pair>([
    ['a', 'a'],
    [null, null],
    [{ id: '1', more: true }, { id: '1' }],
    [{ name: { givenName: 'Ann', familyName: 'Lee' } }, { name: { givenName: 'Ann' } }],
    [[{ value: '1', display: 'x' }], [{ value: '1' }]],
    [{ $ref: 'https://x.test/Users/1' }, { $ref: 'https://x.test/Users/1' }],
    ['a', { $type: 'string' }],
    [2, { $type: 'integer' }],
    [2.5, { $type: 'number' }],
    [[], { $type: 'array' }],
    [{}, { members: { $absent: true } }],
    [
      { members: null, roles: [] },
      { members: { $unassigned: true }, roles: { $unassigned: true } },
    ],
    ['/Users/1', { $matches: '/Users/[0-9]$' }],
    [[1, 2, 3], { $length: 3, $contains: [3, 1] }],
    [[{ value: '1' }, { value: '2', more: 1 }], { $contains: [{ value: '2' }] }],
    [[{ id: '3' }], { $noneOf: [[{ id: '1' }], [{ id: '2' }]] }],
  ])('lets %j pass for %j', (actual, expected) => {
    expect(findMismatches(actual, expected)).toEqual([]);
  });

  it.each<Pair>([
    ['a', 'A'],
    ['1', 1],
    [undefined, null],
    [null, {}],
    [false, 'False'],
    [{}, { id: '1' }],
    [[], {}],
    [{}, []],
    [{ id: 'constructor' }, { constructor: { $type: 'function' } }],
    [{ name: { givenName: 'Ann' } }, { name: { givenName: 'Anne' } }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [{ $ref: null }, { $ref: 'https://x.test/Users/1' }],
    [1, { $type: 'string' }],
    [2.5, { $type: 'integer' }],
    [undefined, { $type: 'string' }],
    [{ members: null }, { members: { $absent: true } }],
    [{ members: [1] }, { members: { $unassigned: true } }],
    ['/Groups/1', { $matches: '/Users/' }],
    [undefined, { $matches: '.*' }],
    [[1, 2], { $length: 3 }],
    [undefined, { $length: 0 }],
    [[1, 2], { $contains: [2, 3] }],
    [undefined, { $contains: [1] }],
    [[1, 2, 3], { $length: 2, $contains: [1] }],
    [[{ id: '1' }], { $noneOf: [[{ id: '1' }]] }],
  ])('does not let %j pass for %j', (actual, expected) => {
    expect(findMismatches(actual, expected)).not.toEqual([]);
  });

  it('names every place that is wrong', () => {
    const actual = { active: true, emails: [{ type: 'work', value: 'b' }] };

    expect(
      findMismatches(actual, { active: false, emails: [{ type: 'work', value: 'a' }] }),
    ).toEqual(['$.active: needed false, got true', '$.emails[0].value: needed "a", got "b"']);
  });

  it('refuses a check that it does not know', () => {
    expect(() => findMismatches([], { $lenght: 2 })).toThrow('"$lenght" is no check');
  });
});
