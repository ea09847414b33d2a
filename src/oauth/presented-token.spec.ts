import { describe, expect, it } from '@jest/globals';
import { findPresentedToken } from './presented-token.js';

describe('findPresentedToken', () => {
  it.each([
    ['Bearer a.b.c', undefined, 'a.b.c'],
    ['bearer  a.b.c ', undefined, 'a.b.c'],
    ['Bearer a.b.c', 'access_token=x.y.z', 'a.b.c'],
    [undefined, 'access_token=x.y.z', 'x.y.z'],
    ['Basic YTpi', 'first=1; access_token=x.y.z; last=2', 'x.y.z'],
    ['Bearer', undefined, undefined],
    ['Bearer a b', undefined, undefined],
    [undefined, 'other_access_token=x', undefined],
    [undefined, undefined, undefined],
  ])('finds in %j and cookie %j the token %j', (authorization, cookie, expected) => {
    expect(findPresentedToken(authorization, cookie)).toBe(expected);
  });
});
