import { describe, expect, it } from '@jest/globals';
import { emailOf, enterpriseUrn, type Profile } from './profile.js';
import { searchFormOf } from './search-form.js';
import { differenceOf, lookupKey, typeKey, valuesOf } from './user-values.js';

const work = { value: 'work@x', type: 'Work' };
const home = { value: 'home@x', type: 'home' };

describe('emailOf', () => {
  it.each<[string, Profile, string | undefined]>([
    ['the primary one', { emails: [work, { ...home, primary: true }] }, 'home@x'],
    [
      'else the first of type work, in any case',
      { emails: [home, work, { value: 'second@x', type: 'work' }] },
      'work@x',
    ],
    ['else the first', { emails: [home, { value: 'other@x' }] }, 'home@x'],
    [
      'none of those without a value',
      { emails: [{ type: 'work', primary: true }, home] },
      'home@x',
    ],
    ['none at all', {}, undefined],
  ])('chooses %s', (_, profile, email) => {
    expect(emailOf(profile)).toBe(email);
  });
});

describe('searchFormOf', () => {
  it('folds text where case does not count, and only there', () => {
    const profile: Profile = {
      userName: 'ADA',
      profileUrl: 'https://X/Ada',
      emails: [{ value: 'Ada@X', type: 'WORK', primary: true }],
      photos: [{ value: 'https://X/P', type: 'Photo' }],
      extensions: {
        [enterpriseUrn]: { department: 'R&D É', manager: { value: 'Boss', displayName: 'Boss' } },
      },
    };

    expect(searchFormOf(profile)).toEqual({
      userName: 'ada',
      profileUrl: 'https://X/Ada',
      emails: [{ value: 'ada@x', type: 'work', primary: true }],
      photos: [{ value: 'https://X/P', type: 'photo' }],
      extensions: {
        [enterpriseUrn]: { department: 'r&d é', manager: { value: 'Boss', displayName: 'boss' } },
      },
    });
  });
});

describe('valuesOf', () => {
  it('has each value of a type once, folded', () => {
    expect(
      valuesOf({
        emails: [
          { value: 'A@x' },
          { value: 'a@X', display: 'A' },
          { value: 'a@x', type: 'Work' },
          { value: 'A@X', type: 'work' },
          { type: 'work' },
        ],
        phoneNumbers: [{ value: '+1', type: 'mobile' }],
        displayName: 'Ada',
      }),
    ).toEqual([
      { field: 'emails', key: 'a@x', type: '' },
      { field: 'emails', key: 'a@x', type: 'work' },
      { field: 'phoneNumbers', key: '+1', type: 'mobile' },
      { field: 'displayName', key: 'ada', type: '' },
    ]);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(65)],
    ['of other letters', 'büro'],
    ['of no letter that is seen', '\u200B\n'],
  ])('leaves a type out that is %s, and keeps the value', (_, type) => {
    expect(typeKey(type)).toBeUndefined();
    expect(valuesOf({ emails: [{ value: 'a@x', type }] })).toEqual([
      { field: 'emails', key: 'a@x', type: '' },
    ]);
  });

  it('leaves out what is no text or too long for the index', () => {
    const long = 'x'.repeat(257);

    expect(lookupKey(long)).toBeUndefined();
    expect(
      valuesOf({ displayName: long, extensions: { [enterpriseUrn]: { employeeNumber: 7 } } }),
    ).toEqual([]);
  });

  it('tells what comes and goes', () => {
    const row = (key: string, type: string) => ({ field: 'emails' as const, key, type });
    const before = [row('a', ''), row('b', ''), row('c', 'work')];
    const after = [row('b', ''), row('c', 'home'), row('d', '')];

    expect(differenceOf(before, after)).toEqual({
      gone: [row('a', ''), row('c', 'work')],
      added: [row('c', 'home'), row('d', '')],
    });
  });
});
