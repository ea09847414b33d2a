import { describe, expect, it } from '@jest/globals';
import { emailOf, enterpriseUrn, type Profile } from './profile.js';
import { searchFormOf } from './search-form.js';
import { differenceOf, lookupKey, valuesOf } from './user-values.js';

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
  it('has each value once, folded', () => {
    expect(
      valuesOf({
        emails: [{ value: 'A@x' }, { value: 'a@X' }, { type: 'work' }],
        displayName: 'Ada',
      }),
    ).toEqual([
      { field: 'emails', key: 'a@x' },
      { field: 'displayName', key: 'ada' },
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
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ field: 'emails' as const, key }));
    if (!a || !b || !c) throw new Error('three values were made');

    expect(differenceOf([a, b], [b, c])).toEqual({ gone: [a], added: [c] });
  });
});
