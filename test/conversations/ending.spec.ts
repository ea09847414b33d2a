import { describe, expect, it } from '@jest/globals';
import { toEnding } from './ending.js';

const toUser = (id: string, userName: string) => ({
  id,
  userName,
  meta: { created: id, lastModified: id, version: id, location: `/Users/${id}` },
});
const ann = '11111111-1111-4111-8111-111111111111';
const bob = '22222222-2222-4222-8222-222222222222';
const sales = '33333333-3333-4333-8333-333333333333';

describe('toEnding', () => {
  it('is the same for two plays that differ in ids, times, versions and the order of values', () => {
    const members = [{ value: ann }, { value: bob }];
    const once = toEnding(
      [toUser(ann, 'ann'), toUser(bob, 'bob')],
      [{ id: sales, displayName: 'Sales', members }],
    );
    const again = toEnding(
      [toUser(ann, 'bob'), toUser(bob, 'ann')],
      [{ id: sales, displayName: 'Sales', members }],
    );

    expect(again).toEqual(once);
  });

  it('is another one where somebody else is a member', () => {
    const users = [toUser(ann, 'ann'), toUser(bob, 'bob')];
    const toGroups = (value: string) => [{ id: sales, displayName: 'Sales', members: [{ value }] }];

    expect(toEnding(users, toGroups(ann))).not.toEqual(toEnding(users, toGroups(bob)));
  });
});
