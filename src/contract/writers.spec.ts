import { describe, expect, it } from '@jest/globals';
import type { Entity } from '../entities/entity.js';
import type { EntityType } from '../entities/entity-type.js';
import type { Tenant } from '../tenants/tenant.js';
import { toEntityDocument, toEntityDraft, toEntityJson, toEntityWithSecretJson } from './entity.js';
import { EntityRequest } from './entity.request.js';
import { toEntityTypeDocument, toEntityTypeDraft } from './entity-type.js';
import { EntityTypeRequest } from './entity-type.request.js';
import { toGrantJson } from './grant.js';
import { toPermissionDraft, toPermissionJson } from './permission.js';
import { PermissionRequest } from './permission.request.js';
import { parseRequest } from './request/parse-request.js';
import { toCopiedTenantDraft, toTenantDraft, toTenantJson } from './tenant.js';
import { TenantRequest } from './tenant.request.js';

const ids = {
  tenant: '11111111-1111-1111-1111-111111111111',
  type: '22222222-2222-2222-2222-222222222222',
  key: '33333333-3333-3333-3333-333333333333',
};
const stamp = { version: 3, created: 1_595_361_142_909, changed: 1_595_361_143_101 };

const type: EntityType = {
  ...stamp,
  id: ids.type,
  name: 'Customers',
  token: { isEnabled: true, lifetimeSeconds: 90, keyId: ids.key, verificationKeyIds: [ids.key] },
  data: { free: [1] },
  permissions: [
    {
      id: ids.key,
      name: 'read',
      description: undefined,
      isDefault: true,
      data: {},
      created: 1,
      changed: 2,
    },
  ],
};

const entity: Entity = {
  ...stamp,
  id: ids.key,
  tenantId: ids.tenant,
  type,
  clientId: 'raviga',
  name: 'Raviga',
  parentId: undefined,
  data: { companyType: 'Legal' },
};

const tenant: Tenant = {
  ...stamp,
  id: ids.tenant,
  name: 'Default',
  issuer: 'acme.com',
  state: 'Active',
  earlierIssuers: [],
  sealed: {},
  scim: { isEnabled: true, clientEntityTypeId: ids.type, serverEntityTypeId: ids.type },
  token: { keyId: ids.key, lifetimeSeconds: 600 },
  settings: {
    scimServerConfiguration: { schemas: { resources: [null] } },
    jwtConfiguration: { refreshTokenUsagePolicy: 'OneTimeUse', own: 1 },
    passwordValidationRules: { minLength: 12 },
    emailConfiguration: { host: 'mail', password: 'smtp' },
  },
  data: {},
};

const defaults = {
  ...tenant,
  issuer: 'other',
  settings: {},
  token: { keyId: undefined, lifetimeSeconds: 1 },
  scim: { isEnabled: false, clientEntityTypeId: undefined, serverEntityTypeId: undefined },
};

describe('the writers', () => {
  it('write an entity with its whole type and without what is absent', () => {
    expect(toEntityJson(entity)).toEqual({
      clientId: 'raviga',
      data: { companyType: 'Legal' },
      id: ids.key,
      insertInstant: 1_595_361_142_909,
      lastUpdateInstant: 1_595_361_143_101,
      name: 'Raviga',
      tenantId: ids.tenant,
      type: {
        data: { free: [1] },
        id: ids.type,
        insertInstant: 1_595_361_142_909,
        jwtConfiguration: {
          accessTokenKeyId: ids.key,
          accessTokenVerificationKeyIds: [ids.key],
          enabled: true,
          timeToLiveInSeconds: 90,
        },
        lastUpdateInstant: 1_595_361_143_101,
        name: 'Customers',
        permissions: [
          {
            data: {},
            id: ids.key,
            insertInstant: 1,
            isDefault: true,
            lastUpdateInstant: 2,
            name: 'read',
          },
        ],
      },
    });
  });

  it('write the secret where it is known, and never inside a grant', () => {
    const grant = {
      ...stamp,
      id: ids.key,
      tenantId: ids.tenant,
      target: entity,
      recipient: { userId: ids.key },
      permissions: ['read'],
      data: {},
    };

    expect(toEntityWithSecretJson({ entity, clientSecret: 's3cret' })).toMatchObject({
      clientSecret: 's3cret',
    });
    expect(toEntityWithSecretJson({ entity, clientSecret: undefined })).not.toHaveProperty(
      'clientSecret',
    );
    expect(toGrantJson(grant)).toMatchObject({
      entity: toEntityJson(entity),
      userId: ids.key,
      permissions: ['read'],
    });
    expect(toGrantJson(grant)).not.toHaveProperty('recipientEntityId');
  });

  it('write a tenant whole: what was kept, the defaults around it, and the fields of the domain', () => {
    expect(toTenantJson(tenant)).toMatchObject({
      issuer: 'acme.com',
      state: 'Active',
      configured: true,
      jwtConfiguration: {
        accessTokenKeyId: ids.key,
        timeToLiveInSeconds: 600,
        refreshTokenUsagePolicy: 'OneTimeUse',
        refreshTokenTimeToLiveInMinutes: 43_200,
        own: 1,
      },
      scimServerConfiguration: {
        enabled: true,
        clientEntityTypeId: ids.type,
        schemas: { resources: [null] },
      },
      passwordValidationRules: { minLength: 12, maxLength: 256 },
      emailConfiguration: { host: 'mail' },
    });
  });
});

describe('what is written can be read again and means the same', () => {
  it('for a tenant', () => {
    const { tenant: body } = parseRequest(TenantRequest, { tenant: toTenantJson(tenant) });
    const draft = toTenantDraft(body, defaults);

    expect(draft).toMatchObject({
      name: 'Default',
      issuer: 'acme.com',
      scim: tenant.scim,
      token: tenant.token,
      data: {},
    });
    expect(toTenantJson({ ...tenant, ...draft })).toEqual(toTenantJson(tenant));
  });

  it('for an entity type', () => {
    const { entityType } = parseRequest(EntityTypeRequest, toEntityTypeDocument(type));

    expect(toEntityTypeDraft(entityType)).toEqual({
      name: type.name,
      token: type.token,
      data: type.data,
    });
  });

  it('for a permission', () => {
    const [permission] = type.permissions;
    const body = { permission: permission && toPermissionJson(permission) };

    expect(toPermissionDraft(parseRequest(PermissionRequest, body).permission)).toEqual({
      name: 'read',
      description: undefined,
      isDefault: true,
      data: {},
    });
  });

  it('for an entity, whose secret stays what it is', () => {
    const draft = toEntityDraft(parseRequest(EntityRequest, toEntityDocument(entity)).entity);

    expect(draft).toEqual({
      name: 'Raviga',
      typeId: ids.type,
      clientId: 'raviga',
      clientSecret: undefined,
      parentId: undefined,
      data: { companyType: 'Legal' },
    });
  });
});

describe('toCopiedTenantDraft', () => {
  it('takes everything but the name and the mail password', () => {
    const copy = toCopiedTenantDraft(tenant, 'Second');

    expect(copy).toMatchObject({ name: 'Second', issuer: 'acme.com', scim: tenant.scim });
    expect(copy.settings.emailConfiguration).toEqual({ host: 'mail' });
  });
});
