import { describe, expect, it } from '@jest/globals';
import { parseBearerToken } from './bearer-token.js';
import { CredentialError } from './credential-error.js';

describe('parseBearerToken', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER  abc', ' Bearer abc '])('reads %j', (header) => {
    expect(parseBearerToken(header)).toBe('abc');
  });

  it('reads a long token as it is', () => {
    const token = 'abc.'.repeat(300);
    expect(parseBearerToken(`Bearer ${token}`)).toBe(token);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['abc', 'invalid_request'],
    ['Basic abc', 'invalid_request'],
    ['Bearer', 'invalid_request'],
    ['Bearer ', 'invalid_request'],
    ['Bearer bearer', 'invalid_request'],
    ['Bearer Bearer abc', 'invalid_request'],
    ['Bearer abcdefghijklmnop qrstuvwxyz', 'invalid_request'],
    ['Bearer a b', 'invalid_request'],
  ])('refuses %j', (header, challenge) => {
    expect(() => parseBearerToken(header)).toThrow(CredentialError);
    expect(() => parseBearerToken(header)).toThrow(expect.objectContaining({ challenge }));
  });
});
