import { describe, expect, it } from '@jest/globals';
import type { RecordedRequest } from './conversation.js';
import { toRepeatedStatus } from './repetition.js';

const aRequest = (method: string, path: string, headers = {}): RecordedRequest => ({
  method,
  path,
  headers,
  body: undefined,
  token: 'bearer',
});

describe('toRepeatedStatus', () => {
  it.each([
    ['a created user', aRequest('POST', '/Users'), 201, 409],
    ['a refused user', aRequest('POST', '/Users'), 400, 400],
    ['a Bulk request', aRequest('POST', '/Bulk'), 200, 200],
    ['a search', aRequest('POST', '/Users/.search'), 200, 200],
    ['a deletion', aRequest('DELETE', '/Users/1'), 204, 404],
    ['a deletion of nobody', aRequest('DELETE', '/Users/1'), 404, 404],
    ['a change', aRequest('PATCH', '/Users/1'), 204, 204],
    ['a change of an old version', aRequest('PUT', '/Users/1', { 'if-match': 'W/"1"' }), 200, 412],
    ['a change that was none', aRequest('PUT', '/Users/1', { 'if-match': 'W/"2"' }), 200, 200],
    ['a change of any version', aRequest('PUT', '/Users/1', { 'if-match': '*' }), 200, 200],
    ['a read of a known version', aRequest('GET', '/Users/1'), 304, 304],
  ])('is known for %s', (_what, request, status, repeated) => {
    expect(toRepeatedStatus(request, { status, version: 'W/"2"' })).toBe(repeated);
  });
});
