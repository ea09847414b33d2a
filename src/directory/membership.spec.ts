import { describe, expect, it } from '@jest/globals';
import { type MembershipStep, mergedSteps } from './membership.js';

const add = (...ids: string[]): MembershipStep => ({
  kind: 'add',
  members: ids.map((id) => ({ id })),
});
const remove = (...ids: string[]): MembershipStep => ({ kind: 'remove', ids });

describe('mergedSteps', () => {
  it.each<[string, MembershipStep[], MembershipStep[]]>([
    [
      'makes neighbours of one kind one step',
      [add('a'), add('b'), remove('c'), remove('d')],
      [add('a', 'b'), remove('c', 'd')],
    ],
    [
      'keeps the order of unlike steps',
      [add('a'), remove('a'), add('a')],
      [add('a'), remove('a'), add('a')],
    ],
    ['counts an id once', [add('a', 'a'), add('a'), remove('b', 'b')], [add('a'), remove('b')]],
    [
      'does not merge across a step that empties',
      [add('a'), { kind: 'removeAll' }, add('b')],
      [add('a'), { kind: 'removeAll' }, add('b')],
    ],
  ])('%s', (_, steps, merged) => {
    expect(mergedSteps(steps)).toEqual(merged);
  });

  it('keeps the first of members that are named twice', () => {
    const members = [
      { id: 'a', display: 'first' },
      { id: 'a', display: 'second' },
    ];

    expect(mergedSteps([{ kind: 'replaceAll', members }])).toEqual([
      { kind: 'replaceAll', members: [members[0]] },
    ]);
  });
});
