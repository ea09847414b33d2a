import { describe, expect, it } from '@jest/globals';
import { withSingleSlashes } from './plain-path.js';

describe('withSingleSlashes', () => {
  it.each([
    ['/api/scim/resource/v2/Users', '/api/scim/resource/v2/Users'],
    ['/api/scim/resource/v2//Users', '/api/scim/resource/v2/Users'],
    ['//api///tenant//', '/api/tenant/'],
    ['/x?filter=a eq "http://y//z"', '/x?filter=a eq "http://y//z"'],
    ['//x?a=//&b=?//', '/x?a=//&b=?//'],
    ['//', '/'],
  ])('FIND S-9 makes %s %s', (url, plain) => {
    expect(withSingleSlashes(url)).toBe(plain);
  });
});
