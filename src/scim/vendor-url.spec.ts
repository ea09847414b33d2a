import { describe, expect, it } from '@jest/globals';
import { withoutEntraFlag } from './vendor-url.js';

const base = '/api/scim/resource/v2';

describe('withoutEntraFlag', () => {
  it.each([
    [`${base}?aadOptscim062020/Users?filter=x`, `${base}/Users?filter=x`],
    [`${base}/?aadOptscim062020/Users/1`, `${base}/Users/1`],
    [`${base}/aadOptscim062020/Groups`, `${base}/Groups`],
    [`${base}aadOptscim062020/Groups`, `${base}/Groups`],
    [`${base}/Users?aadOptscim062020`, `${base}/Users?aadOptscim062020`],
    [`${base}/Users?aadOptscim062020&count=1`, `${base}/Users?aadOptscim062020&count=1`],
    ['/api/user/aadOptscim062020/x', '/api/user/aadOptscim062020/x'],
  ])('makes %s into %s', (url, expected) => {
    expect(withoutEntraFlag(url)).toBe(expected);
  });
});
