import { describe, expect, it } from '@jest/globals';
import { findPlainPath, parsePath } from './parse-path.js';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('parsePath', () => {
  it.each([
    ['members', { name: 'members', sub: undefined, urn: undefined }],
    ['name.familyName', { name: 'name', sub: 'familyName' }],
    [`${user}:name.familyName`, { urn: user, name: 'name', sub: 'familyName' }],
    [`${user}:emails[type eq "a:b[c]"].value`, { urn: user, name: 'emails', sub: 'value' }],
    ['emails[type eq "work"]', { name: 'emails', sub: undefined }],
    ['emails[type eq "]" and (value pr)].Value', { name: 'emails', sub: 'Value' }],
    ['manager.$ref', { name: 'manager', sub: '$ref' }],
    ['u:userName', { urn: 'u', name: 'userName' }],
    ['x'.repeat(4096), { name: 'x'.repeat(4096) }],
  ])('M6 reads %j', (text, attribute) => {
    expect(parsePath(text)).toMatchObject({ text, attribute });
  });

  it('FIND S-21 takes a colon at the end of a URN for none', () => {
    expect(parsePath(`${user}:`)).toEqual(parsePath(user));
    expect(findPlainPath(`${user}:`)).toEqual(parsePath(user));
  });

  it.each([['title:'], ['urn:example::'], [':']])(
    'M7 does not take the colon at the end of %j for that of a URN',
    (text) => {
      expect(findPlainPath(text)?.text ?? text).toBe(text);
    },
  );

  it('counts bytes, not characters', () => {
    expect(() => parsePath(`a[b eq "${'é'.repeat(2_043)}"]`)).not.toThrow();
    expect(() => parsePath(`a[b eq "${'é'.repeat(2_043)}x"]`)).toThrow('4096 bytes');
  });

  it('keeps the filter in the brackets', () => {
    expect(parsePath('emails[type eq "work"].value').filter).toMatchObject({
      kind: 'compare',
      value: 'work',
    });
  });

  it('takes a URN whose end is no attribute name for the URN of a schema', () => {
    expect(parsePath('urn:example:custom:2.0')).toMatchObject({ attribute: undefined });
  });

  it.each([
    [''],
    [' '],
    ['/userName'],
    ['a.b.c'],
    ['a b'],
    ['.a'],
    ['a.'],
    ['__proto__'],
    ['a.__proto__'],
    ['a.__proto__.b'],
    ['[type eq "work"]'],
    ['name.familyName[type eq "work"]'],
    ['emails[type eq "work"]value'],
    ['emails[type eq "work"].'],
    ['emails[type eq "work"].value.x'],
    ['emails[type eq "work"] .value'],
    ['emails[type eq "work"][type pr]'],
    [' urn:example:custom:2.0'],
    ['urn:example:custom:2.0 '],
    ['urn example:custom:userName'],
    [':userName'],
    ['x'.repeat(4097)],
  ])('M7 refuses %j with invalidPath', (text) => {
    expect(() => parsePath(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidPath' }),
    );
  });

  it.each([
    ['emails['],
    ['emails[]'],
    ['emails[type]'],
    ['emails[type eq work]'],
    ['emails[type eq "work"'],
    ['emails[a[b pr]]'],
  ])('M8 refuses %j with invalidFilter', (text) => {
    expect(() => parsePath(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });
});
