import { describe, expect, it } from '@jest/globals';
import { groupVersionsIn, isKnown, userVersionsIn } from './entity-tag.js';

describe('If-Match, and If-None-Match of a write', () => {
  it.each([
    ['W/"3.7"', [3]],
    ['"3.7"', [3]],
    ['W/"3.7", W/"4.0" ,"5.1"', [3, 4, 5]],
    ['"a,b", W/"3.7"', [3]],
    ['W/"3"', []],
    ['W/"3.7', []],
    ['3.7', []],
    ['w/"3.7"', []],
    ['W/"03.7"', []],
    ['W/"-3.7"', []],
    ['W/"3.7.1"', []],
    ['W/"99999999999999999999.0"', []],
    ['"*"', []],
    ['', []],
  ])('%j names the versions %j of a person', (header, versions) => {
    expect(userVersionsIn({ 'if-match': header })).toEqual({ among: versions });
    expect(userVersionsIn({ 'if-none-match': header })).toEqual({ notAmong: versions });
  });

  it('names a version of a group by one number', () => {
    expect(groupVersionsIn({ 'if-match': 'W/"3", "12"' })).toEqual({ among: [3, 12] });
    expect(groupVersionsIn({ 'if-match': 'W/"3.0"' })).toEqual({ among: [] });
  });

  it('allows any version with an asterisk, and where it is not sent', () => {
    for (const header of ['*', ' * ']) {
      expect(userVersionsIn({ 'if-match': header })).toEqual({ among: 'any' });
      expect(groupVersionsIn({ 'if-none-match': header })).toEqual({ notAmong: 'any' });
    }
    expect(userVersionsIn({})).toBeUndefined();
    expect(groupVersionsIn({})).toBeUndefined();
  });
});

describe('If-None-Match of a read', () => {
  it.each([
    ['W/"3.7"', true],
    ['"3.7"', true],
    ['"x", W/"3.7"', true],
    ['*', true],
    ['W/"3.8"', false],
    ['W/"4.7"', false],
    ['3.7', false],
    ['', false],
    [undefined, false],
  ])('%j names W/"3.7": %j', (header, isNamed) => {
    expect(isKnown({ 'if-none-match': header }, 'W/"3.7"')).toBe(isNamed);
  });
});
