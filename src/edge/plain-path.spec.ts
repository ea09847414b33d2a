import { describe, expect, it } from '@jest/globals';
import { isScimTarget, toPlainPath } from './plain-path.js';

describe('toPlainPath', () => {
  it.each([
    ['/api/scim/resource/v2/Users', '/api/scim/resource/v2/Users'],
    ['/api/scim/resource/v2//Users', '/api/scim/resource/v2/Users'],
    ['//api///tenant//', '/api/tenant/'],
    ['/x?filter=a eq "http://y//z"', '/x?filter=a eq "http://y//z"'],
    ['//x?a=//&b=?//', '/x?a=//&b=?//'],
    ['//', '/'],
  ])('FIND S-9 makes %s %s', (url, plain) => {
    expect(toPlainPath(url)).toBe(plain);
  });

  it.each([
    ['http://idp.test/api/tenant', '/api/tenant'],
    ['HTTPS://idp.test:9011//api//tenant?x=//', '/api/tenant?x=//'],
    ['http://idp.test', '/'],
    ['http://idp.test?a=b', '/?a=b'],
  ])('RFC 9112 §3.2.2 takes the absolute target %s as %s', (target, plain) => {
    expect(toPlainPath(target)).toBe(plain);
  });
});

describe('isScimTarget', () => {
  it.each([
    ['/api/scim/resource/v2/Users', true],
    ['//api/scim/resource/v2/Users', true],
    ['http://idp.test/api/scim/resource/v2/Users', true],
    ['/api/tenant?x=/api/scim/', false],
    ['/oauth2/token', false],
  ])('says of %s: %s', (target, isScim) => {
    expect(isScimTarget(target)).toBe(isScim);
  });
});
