import { describe, expect, it } from '@jest/globals';
import { parseForm, readForm } from './form-body.js';
import { OAuthError } from './oauth-error.js';

const read = (contentType: string | undefined, body: string, contentEncoding?: string) =>
  readForm({ contentType, contentEncoding, body: Buffer.from(body) });

describe('parseForm', () => {
  it.each([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=x+y%2Bz', { a: 'x y+z' }],
    ['a=%C3%A9', { a: 'é' }],
    ['a=%zz', { a: '%zz' }],
    ['a=&b', {}],
    ['__proto__=1', { ['__proto__']: '1' }],
  ])('reads %j', (text, expected) => {
    expect(Object.fromEntries(parseForm(text))).toEqual(expected);
  });

  it.each(['a=1&a=1', 'a=1&%61=2', 'a=&a=1', 'x=1&x'])(
    'T3 refuses a parameter that is there twice: %j',
    (text) => {
      expect(() => parseForm(text)).toThrow(expect.objectContaining({ kind: 'parameterTwice' }));
    },
  );

  it('refuses a NUL', () => {
    expect(() => parseForm('client_id=a%00b')).toThrow(OAuthError);
  });
});

describe('readForm', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
  ])('takes a body of type %s', (contentType) => {
    expect(read(contentType, 'a=1').get('a')).toBe('1');
  });

  it('takes an empty body of any type', () => {
    expect(read(undefined, '').size).toBe(0);
  });

  it.each([undefined, 'application/json', 'text/plain', 'application/x-www-form-urlencoded-not'])(
    'refuses a body of type %s',
    (contentType) => {
      expect(() => read(contentType, 'a=1')).toThrow(expect.objectContaining({ kind: 'notAForm' }));
    },
  );

  it('R2 refuses a compressed body', () => {
    expect(() => read('application/x-www-form-urlencoded', 'a=1', 'gzip')).toThrow(OAuthError);
  });
});
