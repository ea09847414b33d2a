import { describe, expect, it } from '@jest/globals';
import type { Profile } from './profile.js';
import {
  bringsEmailBack,
  nameKeyOf,
  refuseUnfitKeys,
  setsMainEmail,
  takesKey,
  type User,
  userKeysOf,
} from './user.js';

function aUser(profile: Profile, isActive = true): User {
  return {
    pk: 1,
    id: 'ID-1',
    tenantId: 'acme',
    isActive,
    deactivatedBy: undefined,
    version: 1,
    membershipVersion: 0,
    created: 0,
    changed: 0,
    createdByClient: undefined,
    changedByClient: undefined,
    externalIds: {},
    externalId: undefined,
    profile,
    data: {},
  };
}

const own = { value: 'own@x', type: 'work' };
const desk = { value: 'desk@x', type: 'home' };

describe('the keys of a user', () => {
  it.each<[string, Profile, string]>([
    ['the user name', { userName: ' Straße ', emails: [own] }, 'strasse'],
    ['the address, without a user name', { emails: [{ value: 'Own@X' }] }, 'own@x'],
    ['the id, with neither', {}, 'id-1'],
  ])('name it by %s', (_, profile, key) => {
    expect(nameKeyOf(aUser(profile))).toBe(key);
  });

  it('have an address if there is anything to see in it', () => {
    const profile = { userName: 'a', emails: [own] };

    expect(userKeysOf(aUser(profile)).email).toBe('own@x');
    expect(userKeysOf(aUser(profile, false)).email).toBe('own@x');
    expect(userKeysOf(aUser({ emails: [{ value: '\u200B' }] })).email).toBeUndefined();
  });

  it.each<[string, string, Profile]>([
    ['userName', 'blank', { userName: ' \u200B' }],
    ['userName', 'tooLong', { userName: 'x'.repeat(1_025) }],
    ['email', 'tooLong', { userName: 'x', emails: [{ value: 'x'.repeat(1_025) }] }],
  ])('are refused for a %s that is %s', (field, rule, profile) => {
    expect(() => refuseUnfitKeys(aUser(profile))).toThrow(
      expect.objectContaining({
        code: 'invalid',
        problems: [expect.objectContaining({ field, rule })],
      }),
    );
  });
});

describe('takesKey', () => {
  const before = aUser({ userName: 'ada', emails: [own] });

  it.each<[string, User, User, boolean]>([
    ['another spelling of the name', before, aUser({ userName: 'ADA ', emails: [own] }), false],
    ['another name', before, aUser({ userName: 'bob', emails: [own] }), true],
    ['another address', before, aUser({ userName: 'ada', emails: [desk] }), true],
    ['no address', before, aUser({ userName: 'ada' }), false],
    ['not active any more', before, { ...before, isActive: false }, false],
    ['active again', { ...before, isActive: false }, before, false],
  ])('is told of %s', (_, old, after, takes) => {
    expect(takesKey(old, after)).toBe(takes);
  });
});

describe('bringsEmailBack', () => {
  it.each<[string, User, User, boolean]>([
    ['one who comes back', aUser({ emails: [own] }, false), aUser({ emails: [own] }), true],
    ['one who comes back without an address', aUser({}, false), aUser({}), false],
    ['one who was there', aUser({ emails: [own] }), aUser({ emails: [own] }), false],
    ['one who leaves', aUser({ emails: [own] }), aUser({ emails: [own] }, false), false],
  ])('is told of %s', (_, old, after, brings) => {
    expect(bringsEmailBack(old, after)).toBe(brings);
  });
});

describe('setsMainEmail', () => {
  const before = aUser({ emails: [own, desk] });

  it.each<[string, Profile, boolean]>([
    ['FIND S-3 the removal of another entry', { emails: [desk] }, false],
    ['a new entry behind it', { emails: [own, desk, { value: 'new@x' }] }, false],
    ['a new entry that stands for the user', { emails: [{ value: 'n@x', type: 'work' }] }, true],
    ['an entry that is primary now', { emails: [own, { ...desk, primary: true }] }, true],
  ])('is told of %s', (_, profile, sets) => {
    expect(setsMainEmail(before, aUser(profile))).toBe(sets);
  });
});
