import { describe, expect, it } from '@jest/globals';
import { CommandError } from './command-error.js';
import { findShortKeys, toKickstartKey } from './kickstart-key.js';
import type { Json } from '../kernel/json.js';

const tenantId = '30663132-6464-6665-3032-326466613934';

describe('findShortKeys', () => {
  it('FIND R-4 tells which keys have fewer than 24 characters, and not what they are', () => {
    const texts = ['x'.repeat(24), 'x'.repeat(23), 'rck_long-enough-for-everybody', 'k'];

    const short = findShortKeys(texts.map((key, index) => toKickstartKey({ key }, index)));

    expect(short).toEqual(['apiKeys[1].key', 'apiKeys[3].key']);
  });
});

describe('toKickstartKey', () => {
  it('makes a key for everything of nothing but its text', () => {
    expect(toKickstartKey({ key: 'k' }, 0)).toMatchObject({
      text: 'k',
      id: undefined,
      draft: { tenantId: undefined, endpoints: {}, expires: undefined, isKeyManager: false },
    });
  });

  it('reads every member that makes a key weaker', () => {
    const permissions = { endpoints: { '/api/tenant': ['GET'] } };
    const key = {
      key: 'k',
      tenantId: tenantId.toUpperCase(),
      permissions,
      expirationInstant: 1000,
    };

    expect(toKickstartKey(key, 0).draft).toMatchObject({
      tenantId,
      endpoints: permissions.endpoints,
      expires: 1000,
    });
  });

  it('FIND R-7 takes the permission to read secrets, which is the name of no route', () => {
    const endpoints = { '/api/entity': ['GET'], '/api/rollcall/secret': ['GET'] };

    expect(toKickstartKey({ key: 'k', permissions: { endpoints } }, 1).draft).toMatchObject({
      endpoints,
    });
  });

  it.each<[string, Json, string]>([
    ['tenantId', 12345, 'tenantId'],
    ['tenantId', 'acme', 'tenantId'],
    ['tenantId', null, 'tenantId'],
    ['id', 7, 'id'],
    ['name', {}, 'name'],
    ['description', [], 'description'],
    ['keyManager', 'false', 'keyManager'],
    ['retrievable', 0, 'retrievable'],
    ['expirationInstant', '1000', 'expirationInstant'],
    ['expirationInstant', 1.5, 'expirationInstant'],
    ['expirationInstant', null, 'expirationInstant'],
    ['permissions', null, 'permissions'],
    ['permissions', [], 'permissions'],
    ['permissions', { endpoints: null }, 'permissions.endpoints'],
    ['permissions', { endpoints: ['/api/tenant'] }, 'permissions.endpoints'],
    ['permissions', { endpoints: { '/api/tenant': 'GET' } }, 'permissions.endpoints[/api/tenant]'],
    ['permissions', { endpoints: { '/api/tenant': null } }, 'permissions.endpoints[/api/tenant]'],
    ['ipAccessControlListId', tenantId, 'ipAccessControlListId'],
  ])('refuses %s: %j and names it', (name, value, field) => {
    const read = () => toKickstartKey({ key: 'k', [name]: value }, 2);

    expect(read).toThrow(CommandError);
    expect(read).toThrow(`apiKeys[2].${field} `);
  });
});
