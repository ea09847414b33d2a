import { describe, expect, it } from '@jest/globals';
import { toErrors } from './errors.js';
import { EntityRequest } from './entity.request.js';
import { EntityTypeRequest } from './entity-type.request.js';
import { GrantRequest } from './grant.request.js';
import { PermissionRequest } from './permission.request.js';
import type { RequestClass } from './request/instantiate.js';
import { parseRequest } from './request/parse-request.js';
import { RequestError } from './request/request-error.js';
import { TenantRequest } from './tenant.request.js';

const id = '7d7d4a9c-1111-4222-8333-444455556666';

/** The codes of all errors that the body gets; none when it is taken. */
function codesOf(type: RequestClass<object>, body: unknown): string[] {
  try {
    parseRequest(type, body);
    return [];
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { fieldErrors, generalErrors } = toErrors(error.problems);
    return [...Object.values(fieldErrors).flat(), ...generalErrors].map(({ code }) => code).sort();
  }
}

describe('EntityRequest', () => {
  it.each<[string, unknown, string[]]>([
    ['no body', undefined, ['[missing]entity']],
    ['a list', [], ['[invalid]']],
    ['text', 'entity', ['[invalid]']],
    ['a wrapper of text', { entity: 'x' }, ['[invalid]entity']],
    ['a wrapper that is a list', { entity: [] }, ['[invalid]entity']],
    ['an empty entity', { entity: {} }, ['[blank]entity.name', '[missing]entity.type.id']],
    ['a blank name', { entity: { name: '  ', type: { id } } }, ['[blank]entity.name']],
    ['a name that is no text', { entity: { name: 5, type: { id } } }, ['[invalid]entity.name']],
    ['a long name', { entity: { name: 'x'.repeat(192), type: { id } } }, ['[tooLong]entity.name']],
    [
      'a type id that is no UUID',
      { entity: { name: 'x', type: { id: 'SCIM' } } },
      ['[couldNotConvert]entity.type.id'],
    ],
    ['a type that is null', { entity: { name: 'x', type: null } }, ['[missing]entity.type']],
    [
      'data that is a list',
      { entity: { name: 'x', type: { id }, data: [1] } },
      ['[invalid]entity.data'],
    ],
    [
      'an empty secret',
      { entity: { name: 'x', type: { id }, clientSecret: '' } },
      ['[blank]entity.clientSecret'],
    ],
    [
      'a secret with a tab',
      { entity: { name: 'x', type: { id }, clientSecret: 'a\tb' } },
      ['[invalid]entity.clientSecret'],
    ],
    [
      'a client id with a colon',
      { entity: { name: 'x', type: { id }, clientId: 'a:b' } },
      ['[invalid]entity.clientId'],
    ],
    [
      'several faults',
      { entity: { clientId: 5, parentId: 'x', type: {} } },
      [
        '[blank]entity.name',
        '[couldNotConvert]entity.parentId',
        '[invalid]entity.clientId',
        '[missing]entity.type.id',
      ],
    ],
    [
      'a whole entity',
      {
        entity: {
          name: 'x',
          type: { id },
          clientId: 'a',
          clientSecret: '+/=é ü',
          parentId: null,
          data: {},
        },
      },
      [],
    ],
    [
      'members that nobody knows',
      {
        entity: {
          name: 'x',
          type: { id },
          tenantId: 5,
          toString: 1,
          then: 2,
          constructor: 3,
          members: 4,
        },
        crossFieldProblems: 1,
        hasOwnProperty: 5,
      },
      [],
    ],
  ])('answers %s', (_, body, codes) => {
    expect(codesOf(EntityRequest, body)).toEqual(codes);
  });

  it('brings ids to lower case and keeps free data as it came', () => {
    const data = JSON.parse('{"constructor":"X","toString":[1,{"constructor":2}],"null":null}');

    const { entity } = parseRequest(EntityRequest, {
      entity: { name: 'x', type: { id: id.toUpperCase() }, data },
    });

    expect(entity.type.id).toBe(id);
    expect(JSON.stringify(entity.data)).toBe(JSON.stringify(data));
  });
});

describe('EntityTypeRequest', () => {
  const withJwt = (jwtConfiguration: unknown) => ({ entityType: { name: 'x', jwtConfiguration } });
  const withPermissions = (permissions: unknown) => ({ entityType: { name: 'x', permissions } });
  const jwt = 'entityType.jwtConfiguration';

  it.each<[string, unknown, string[]]>([
    ['a name alone', { entityType: { name: 'x' } }, []],
    ['settings that are off', withJwt({ enabled: false }), []],
    [
      'settings that are on without a lifetime',
      withJwt({ enabled: true }),
      [`[missing]${jwt}.timeToLiveInSeconds`],
    ],
    [
      'a lifetime of nothing',
      withJwt({ enabled: true, timeToLiveInSeconds: 0 }),
      [`[notInRange]${jwt}.timeToLiveInSeconds`],
    ],
    ['FIND C14 a lifetime of nothing where nothing is on', withJwt({ timeToLiveInSeconds: 0 }), []],
    [
      'a lifetime that is half a second',
      withJwt({ timeToLiveInSeconds: 0.5 }),
      [`[invalid]${jwt}.timeToLiveInSeconds`],
    ],
    [
      'an enormous lifetime',
      withJwt({ timeToLiveInSeconds: 1e12 }),
      [`[notInRange]${jwt}.timeToLiveInSeconds`],
    ],
    [
      'a key that is no UUID',
      withJwt({ accessTokenKeyId: 'k' }),
      [`[couldNotConvert]${jwt}.accessTokenKeyId`],
    ],
    [
      'keys of which one is no UUID',
      withJwt({ accessTokenVerificationKeyIds: [id, 'k'] }),
      [`[couldNotConvert]${jwt}.accessTokenVerificationKeyIds`],
    ],
    [
      'a bad permission',
      withPermissions([{ name: 'ok' }, { name: '' }]),
      ['[blank]entityType.permissions[1].name'],
    ],
    ['permissions that are text', withPermissions(['read']), ['[invalid]entityType.permissions']],
    [
      'permissions inside a list',
      withPermissions([[{ name: 'x' }]]),
      ['[invalid]entityType.permissions'],
    ],
  ])('answers %s', (_, body, codes) => {
    expect(codesOf(EntityTypeRequest, body)).toEqual(codes);
  });
});

describe('PermissionRequest', () => {
  it.each<[unknown, string[]]>([
    ['scim:user:create', []],
    ['read users', ['[invalid]permission.name']],
    ['read,write', ['[invalid]permission.name']],
    ['', ['[blank]permission.name']],
    [undefined, ['[blank]permission.name']],
  ])('answers the name %j', (name, codes) => {
    expect(codesOf(PermissionRequest, { permission: { name } })).toEqual(codes);
  });
});

describe('GrantRequest', () => {
  it.each<[string, unknown, string[]]>([
    ['an entity', { recipientEntityId: id }, []],
    ['a user and null', { userId: id, recipientEntityId: null, permissions: null }, []],
    ['nobody', {}, ['[missing]grant.recipientEntityId']],
    ['both', { recipientEntityId: id, userId: id }, ['[invalid]grant.recipientEntityId']],
    ['no UUID', { userId: 'ada' }, ['[couldNotConvert]grant.userId']],
    [
      'permissions that are no list',
      { userId: id, permissions: 'read' },
      ['[invalid]grant.permissions'],
    ],
    [
      'permissions that are no text',
      { userId: id, permissions: ['read', 5] },
      ['[invalid]grant.permissions'],
    ],
  ])('answers %s', (_, grant, codes) => {
    expect(codesOf(GrantRequest, { grant })).toEqual(codes);
  });
});

describe('TenantRequest', () => {
  const scim = 'tenant.scimServerConfiguration';

  it.each<[string, unknown, string[]]>([
    ['a name alone', { tenant: { name: 'x' } }, []],
    ['no tenant', {}, ['[missing]tenant']],
    [
      'SCIM without its types',
      { tenant: { name: 'x', scimServerConfiguration: { enabled: true } } },
      [`[missing]${scim}.clientEntityTypeId`, `[missing]${scim}.serverEntityTypeId`],
    ],
    [
      'SCIM that is off without its types',
      { tenant: { name: 'x', scimServerConfiguration: { enabled: false } } },
      [],
    ],
    [
      'SCIM without converters',
      {
        tenant: {
          name: 'x',
          scimServerConfiguration: {
            enabled: true,
            clientEntityTypeId: id,
            serverEntityTypeId: id,
          },
        },
      },
      [],
    ],
    [
      'schemas that are a list',
      { tenant: { name: 'x', scimServerConfiguration: { schemas: [] } } },
      [`[invalid]${scim}.schemas`],
    ],
    ['webhooks', { tenant: { name: 'x' }, webhookIds: [id] }, ['[invalid]webhookIds']],
    ['no webhooks', { tenant: { name: 'x' }, webhookIds: [] }, []],
    [
      'a block that is text',
      { tenant: { name: 'x', emailConfiguration: 'smtp' } },
      ['[invalid]tenant.emailConfiguration'],
    ],
    [
      'a member of the wrong kind',
      {
        tenant: {
          name: 'x',
          passwordValidationRules: { minLength: 'long', breachDetection: { enabled: 'no' } },
        },
      },
      [
        '[invalid]tenant.passwordValidationRules.breachDetection.enabled',
        '[invalid]tenant.passwordValidationRules.minLength',
      ],
    ],
    [
      'a lifetime of nothing',
      { tenant: { name: 'x', jwtConfiguration: { timeToLiveInSeconds: 0 } } },
      ['[notInRange]tenant.jwtConfiguration.timeToLiveInSeconds'],
    ],
    ['an issuer that is blank', { tenant: { name: 'x', issuer: ' ' } }, ['[blank]tenant.issuer']],
  ])('answers %s', (_, body, codes) => {
    expect(codesOf(TenantRequest, body)).toEqual(codes);
  });

  it('tells all problems with their sentences, each in the words of its rule', () => {
    const body = { tenant: { jwtConfiguration: { timeToLiveInSeconds: -1 } } };

    expect(() => parseRequest(TenantRequest, body)).toThrow(
      '[name] must not be empty. [timeToLiveInSeconds] must be 1 or more.',
    );
  });
});
