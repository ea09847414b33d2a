import { describe, expect, it } from '@jest/globals';
import { isAllowed, mayReadSecrets, superKeyDraft, type ApiKey } from './api-key.js';
import { findApiKey } from './api-key-credential.js';

const superKey: ApiKey = { ...superKeyDraft, id: 'k', created: 0, changed: 0 };

describe('isAllowed', () => {
  const listed: ApiKey = { ...superKey, endpoints: { '/api/user': ['GET', 'POST'] } };

  it('lets a key without a list do everything', () => {
    expect(isAllowed(superKey, '/api/anything', 'DELETE')).toBe(true);
  });

  it.each([
    ['/api/user', 'GET', true],
    ['/api/user', 'DELETE', false],
    ['/api/user', 'get', false],
    ['/api/user/search', 'GET', false],
    ['constructor', 'GET', false],
  ])('matches %s %s exactly: %s', (endpoint, method, expected) => {
    expect(isAllowed(listed, endpoint, method)).toBe(expected);
  });
});

describe('FIND R-7 mayReadSecrets', () => {
  it.each([
    [{}, true],
    [{ '/api/entity': ['GET'] }, false],
    [{ '/api/entity': ['GET'], '/api/rollcall/secret': ['GET'] }, true],
    [{ '/api/entity': ['GET'], '/api/rollcall/secret': ['POST'] }, false],
    [{ '/api/rollcall/secret': [] }, false],
  ])('judges a key with the permissions %j: %s', (endpoints: ApiKey['endpoints'], expected) => {
    expect(mayReadSecrets({ ...superKey, endpoints })).toBe(expected);
  });
});

describe('findApiKey', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['rck_abc', 'rck_abc'],
    [basic('apikey:rck_abc'), 'rck_abc'],
    [basic('apikey:with:colon'), 'with:colon'],
    [basic('APIKEY:rck_abc'), undefined],
    [basic('someone:rck_abc'), undefined],
    ['Bearer eyJ', undefined],
    [' ', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, expected) => {
    expect(findApiKey(header)).toBe(expected);
  });
});
