import { afterEach, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { type Files, KickstartInstallation } from '../support/kickstart-installation.js';

const tenantId = '30663132-6464-6665-3032-326466613934';
const superKey = 'kickstart-super-key-0123456789';
const tenantKey = 'kickstart-tenant-key-0123456789';

/** Two keys, a tenant and an entity type, with every way to put something in place. */
const everything: Files = {
  'kickstart.json': {
    variables: {
      apiKey: '#{ENV.FIRST_API_KEY}',
      defaultTenantId: tenantId,
      serverType: '#{UUID()}',
      owner: 'Ann',
    },
    apiKeys: [
      { key: '#{apiKey}', description: 'Unrestricted', keyManager: true },
      {
        key: tenantKey,
        tenantId: '#{defaultTenantId}',
        permissions: { endpoints: { '/api/entity/search': ['GET'], '/api/tenant': ['GET'] } },
      },
    ],
    requests: [
      {
        method: 'PATCH',
        url: '/api/tenant/#{FUSIONAUTH_TENANT_ID}',
        contentType: 'application/merge-patch+json',
        body: { tenant: { issuer: 'https://id.example.com' } },
      },
      { method: 'POST', url: '/api/entity/type/#{serverType}', body: '&{parts/type.json}' },
      {
        method: 'POST',
        url: '/api/entity',
        tenantId: '#{defaultTenantId}',
        body: {
          entity: {
            name: 'SCIM server',
            type: { id: '#{serverType}' },
            data: { note: '@{parts/note.txt}', raw: '\\#{owner}' },
          },
        },
      },
    ],
  },
  'parts/type.json': {
    entityType: { name: 'SCIM server', data: { by: '#{owner}', note: '@{parts/note.txt}' } },
  },
  'parts/note.txt': 'For #{owner}.',
};

describe.each(databases)('a Kickstart file on $name', (database) => {
  let installation: KickstartInstallation;
  afterEach(() => installation.drop());

  it('is run on a fresh installation, before the server listens, and once', async () => {
    installation = await KickstartInstallation.create(database, everything);
    const expectKept = async () => {
      const tenant = await installation.call('GET', `/api/tenant/${tenantId}`, superKey);
      const types = await installation.call('GET', '/api/entity/type', superKey);
      const entities = await installation.call('GET', '/api/entity/search?name=*', tenantKey);
      expect(tenant).toMatchObject({
        status: 200,
        body: { tenant: { id: tenantId, issuer: 'https://id.example.com' } },
      });
      expect(types.body).toMatchObject({
        entityTypes: [{ name: 'SCIM server', data: { by: 'Ann', note: 'For Ann.' } }],
      });
      expect(entities.body).toMatchObject({
        total: 1,
        entities: [{ data: { note: 'For Ann.', raw: '#{owner}' } }],
      });
    };

    await installation.serve({ FIRST_API_KEY: superKey }, async () => {
      await expectKept();
      expect((await installation.call('GET', '/api/entity/type', tenantKey)).status).toBe(401);
      expect((await installation.call('DELETE', `/api/tenant/${tenantId}`, tenantKey)).status).toBe(
        401,
      );
    });
    // The requests would fail a second time: their ids are taken.
    await installation.serve({ FIRST_API_KEY: 'another-key-0123456789' }, async () => {
      await expectKept();
      expect((await installation.call('GET', '/api/tenant', 'another-key-0123456789')).status).toBe(
        401,
      );
    });
  });

  it('FIND C1 may name what every installation has by built-in variables, without choosing ids', async () => {
    const tenant = {
      jwtConfiguration: { accessTokenKeyId: '#{FUSIONAUTH_DEFAULT_SIGNING_KEY_ID}' },
      lambdaConfiguration: {
        scimUserRequestConverterId: '#{FUSIONAUTH_LAMBDA[SCIMServerUserRequestConverter]_ID}',
      },
      data: { application: '#{FUSIONAUTH_APPLICATION_ID}' },
    };
    installation = await KickstartInstallation.create(database, {
      'kickstart.json': {
        apiKeys: [{ key: superKey }],
        requests: [
          { method: 'PATCH', url: '/api/tenant/#{FUSIONAUTH_TENANT_ID}', body: { tenant } },
        ],
      },
    });

    await installation.serve({}, async () => {
      const { body } = await installation.call('GET', '/api/tenant', superKey);
      const { body: lambdas } = await installation.call(
        'GET',
        '/api/lambda?type=SCIMServerUserRequestConverter',
        superKey,
      );
      const [{ id: lambdaId }] = (lambdas as { lambdas: [{ id: string }] }).lambdas;
      expect(body).toMatchObject({
        tenants: [
          {
            jwtConfiguration: { accessTokenKeyId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
            lambdaConfiguration: { scimUserRequestConverterId: lambdaId },
            data: { application: '3c219e58-ed0e-4b18-ad48-f4f92793ae32' },
          },
        ],
      });
    });
  });
});

// What a file may hold is judged by the program: the database has no part in it.
describe.each(databases.slice(0, 1))('a Kickstart file with keys alone', (database) => {
  let installation: KickstartInstallation;
  afterEach(() => installation.drop());

  it('may be as small as one key', async () => {
    installation = await KickstartInstallation.create(database, {
      'kickstart.json': { apiKeys: [{ key: superKey, keyManager: true }], requests: [] },
    });

    await installation.serve({}, async () => {
      expect(await installation.call('GET', '/api/tenant', superKey)).toMatchObject({
        status: 200,
        body: { tenants: [{ name: 'Default' }] },
      });
    });
  });

  it('FIND R-4 is run with a short key, and a warning that does not quote it', async () => {
    const short = 'short-key-4711';
    installation = await KickstartInstallation.create(database, {
      'kickstart.json': { apiKeys: [{ key: superKey }, { key: short }], requests: [] },
    });

    const log = await installation.serve({}, async () => {
      expect((await installation.call('GET', '/api/tenant', short)).status).toBe(200);
    });

    const warnings = log.split('\n').filter((line) => line.includes('"level":40'));
    expect(warnings).toEqual([expect.stringContaining('"short":["apiKeys[1].key"]')]);
    expect(log).not.toContain(short);
  });

  it('is refused when its first key is not for everything', async () => {
    installation = await KickstartInstallation.create(database, {
      'kickstart.json': { apiKeys: [{ key: tenantKey, tenantId }], requests: [] },
    });

    expect(await installation.start()).toMatchObject({
      exitCode: 1,
      error: 'The first API key of the Kickstart file must have no tenant and no permissions.\n',
    });
  });
});
