import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { KeyService } from '../../src/keys/key.service.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('tenants on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  async function aTenant(body: object = {}): Promise<string> {
    const created = await app.request('POST', '/api/tenant', {
      body: { tenant: { name: randomUUID(), ...body } },
    });
    expect(created.status).toBe(200);
    return created.body.tenant.id;
  }

  async function aTenantKey(tenantId: string): Promise<string> {
    return (await app.get(ApiKeyService).create(testContext, { ...superKeyDraft, tenantId })).text;
  }

  it('makes one under the id that the caller chose, in lower case, and answers 200', async () => {
    const id = randomUUID();

    const created = await app.request('POST', `/api/tenant/${id.toUpperCase()}`, {
      body: { tenant: { name: 'Chosen' } },
    });
    const again = await app.request('POST', `/api/tenant/${id}`, {
      body: { tenant: { name: 'Other' } },
    });
    const sameName = await app.request('POST', '/api/tenant', {
      body: { tenant: { name: 'CHOSEN' } },
    });

    expect(created).toMatchObject({
      status: 200,
      body: { tenant: { id, name: 'Chosen', state: 'Active' } },
    });
    expect(created.headers.get('content-type')).toMatch(/^application\/json/);
    expect(created.body.tenant.insertInstant).toBeGreaterThan(1_600_000_000_000);
    expect(again).toMatchObject({
      status: 400,
      body: { fieldErrors: { 'tenant.id': [{ code: '[duplicate]tenant.id' }] } },
    });
    expect(sameName).toMatchObject({
      status: 400,
      body: { fieldErrors: { 'tenant.name': [{ code: '[duplicate]tenant.name' }] } },
    });
  });

  it('answers with the defaults around what was given, and reads back what was written', async () => {
    const given = {
      name: 'Round trip',
      issuer: 'acme.com',
      data: { constructor: 'X', list: [1, null, { deep: 'é' }] },
      jwtConfiguration: { timeToLiveInSeconds: 60, refreshTokenUsagePolicy: 'OneTimeUse' },
      externalIdentifierConfiguration: { deviceCodeTimeToLiveInSeconds: 5 },
      emailConfiguration: { host: 'mail.example.com', own: { kept: true } },
      eventConfiguration: { events: { 'user.create': { enabled: true, transactionType: 'None' } } },
    };
    const id = await aTenant(given);

    const { body } = await app.request('GET', `/api/tenant/${id}`);

    expect(body.tenant).toMatchObject(given);
    expect(body.tenant.data).toEqual(given.data);
    expect(body.tenant.externalIdentifierConfiguration).toMatchObject({
      authorizationGrantIdTimeToLiveInSeconds: 30,
      deviceCodeTimeToLiveInSeconds: 5,
    });
    expect(body.tenant.scimServerConfiguration).toEqual({ enabled: false });
    expect(body.tenant).toMatchObject({
      state: 'Active',
      configured: true,
      loginConfiguration: { requireAuthentication: true },
    });
  });

  it('FIND C7 reads back every default of a tenant that has only a name', async () => {
    const { body } = await app.request('GET', `/api/tenant/${await aTenant()}`);

    const keyId = await app.get(KeyService).getDefaultId();
    const signals = [
      'blocklistedIp',
      'botDetected',
      'dormantAccount',
      'dormantPassword',
      'impossibleTravel',
      'recentIdentityChange',
      'recentPasswordChange',
      'suspiciousUserAgent',
      'unrecognizedDevice',
      'untrustedDevice',
    ];
    expect(body.tenant).toMatchObject({
      clientRiskConfiguration: {
        enabled: false,
        ...Object.fromEntries(signals.map((signal) => [signal, true])),
      },
      emailConfiguration: { host: 'localhost', port: 25 },
      eventConfiguration: { events: {} },
      externalIdentifierConfiguration: {
        rememberOAuthScopeConsentChoiceTimeToLiveInSeconds: 2_592_000,
        samlv2AuthNRequestIdTimeToLiveInSeconds: 300,
        trustTokenTimeToLiveInSeconds: 180,
        webAuthnAuthenticationChallengeTimeToLiveInSeconds: 180,
        webAuthnRegistrationChallengeTimeToLiveInSeconds: 180,
      },
      jwtConfiguration: {
        accessTokenKeyId: keyId,
        idTokenKeyId: keyId,
        refreshTokenSlidingWindowConfiguration: { maximumTimeToLiveInMinutes: 43_200 },
        timeToLiveInSeconds: 3600,
      },
      multiFactorConfiguration: { loginPolicy: 'Enabled' },
      ssoConfiguration: { deviceTrustTimeToLiveInSeconds: 31_536_000 },
      usernameConfiguration: {
        unique: { enabled: false, numberOfDigits: 5, separator: '#', strategy: 'OnCollision' },
      },
      webAuthnConfiguration: {
        bootstrapWorkflow: {
          authenticatorAttachmentPreference: 'any',
          userVerificationRequirement: 'required',
        },
        enabled: false,
        reauthenticationWorkflow: {
          authenticatorAttachmentPreference: 'platform',
          userVerificationRequirement: 'required',
        },
      },
    });
  });

  it('FIND C7 fills up a block that was given in part, at every depth', async () => {
    const id = await aTenant({
      clientRiskConfiguration: { enabled: true, botDetected: false },
      connectorPolicies: [],
      emailConfiguration: { port: 587 },
      externalIdentifierConfiguration: { changePasswordIdGenerator: { length: 20 } },
      multiFactorConfiguration: {},
      webAuthnConfiguration: { bootstrapWorkflow: { userVerificationRequirement: 'preferred' } },
    });

    const { body } = await app.request('GET', `/api/tenant/${id}`);

    expect(body.tenant).toMatchObject({
      clientRiskConfiguration: { enabled: true, botDetected: false, untrustedDevice: true },
      connectorPolicies: [{ domains: ['*'] }],
      emailConfiguration: { host: 'localhost', port: 587 },
      externalIdentifierConfiguration: {
        changePasswordIdGenerator: { length: 20, type: 'randomBytes' },
      },
      multiFactorConfiguration: { loginPolicy: 'Enabled' },
      webAuthnConfiguration: {
        bootstrapWorkflow: {
          authenticatorAttachmentPreference: 'any',
          userVerificationRequirement: 'preferred',
        },
      },
    });
  });

  it('FIND C7 shows the default key and does not store it: another default takes its place', async () => {
    const id = await aTenant();

    const patched = await app.request('PATCH', `/api/tenant/${id}`, {
      body: { tenant: { data: { a: 1 } } },
    });

    const stored = await app.get(TenantService).get(id);
    expect(patched.body.tenant.jwtConfiguration.accessTokenKeyId).toEqual(expect.any(String));
    expect(stored.token.keyId).toBeUndefined();
    expect(JSON.stringify(stored.settings)).not.toContain('KeyId');
  });

  it('FIND C7 keeps the keys that were named, and takes none that does not exist', async () => {
    const keyId = await app.get(KeyService).getDefaultId();
    const id = await aTenant({
      jwtConfiguration: { accessTokenKeyId: keyId, idTokenKeyId: keyId.toUpperCase() },
    });

    const { body } = await app.request('GET', `/api/tenant/${id}`);
    expect(body.tenant.jwtConfiguration).toMatchObject({
      accessTokenKeyId: keyId,
      idTokenKeyId: keyId,
    });
    for (const name of ['accessTokenKeyId', 'idTokenKeyId']) {
      const refused = await app.request('PATCH', `/api/tenant/${id}`, {
        body: { tenant: { jwtConfiguration: { [name]: randomUUID() } } },
      });
      const field = `tenant.jwtConfiguration.${name}`;
      expect(refused).toMatchObject({
        status: 400,
        body: { fieldErrors: { [field]: [{ code: `[invalid]${field}` }] } },
      });
    }
  });

  describe('FIND C2 the lambdas that a tenant names', () => {
    const builtIn = (last: number) => `5c1a0001-0000-4000-8000-00000000000${last}`;
    const patch = async (tenant: object) =>
      app.request('PATCH', `/api/tenant/${app.tenantId}`, { body: { tenant } });

    it.each([
      ['oauthConfiguration', 'clientCredentialsAccessTokenPopulateLambdaId', randomUUID()],
      ['oauthConfiguration', 'clientCredentialsAccessTokenPopulateLambdaId', builtIn(1)],
      ['oauthConfiguration', 'anotherLambdaId', builtIn(1)],
      ['lambdaConfiguration', 'loginValidationId', builtIn(1)],
      ['lambdaConfiguration', 'multiFactorRequirementId', randomUUID()],
      ['lambdaConfiguration', 'scimUserRequestConverterId', builtIn(2)],
      ['lambdaConfiguration', 'scimUserResponseConverterId', builtIn(1)],
      ['lambdaConfiguration', 'scimGroupRequestConverterId', builtIn(1)],
      ['lambdaConfiguration', 'scimGroupResponseConverterId', randomUUID()],
      ['lambdaConfiguration', 'scimEnterpriseUserRequestConverterId', builtIn(3)],
      ['lambdaConfiguration', 'scimEnterpriseUserResponseConverterId', builtIn(4)],
      ['lambdaConfiguration', 'ofALaterVersionId', builtIn(1)],
    ])('are refused when there is none of the type: %s.%s = %s', async (block, name, id) => {
      const refused = await patch({ [block]: { [name]: id } });

      const field = `tenant.${block}.${name}`;
      expect(refused).toMatchObject({
        status: 400,
        body: { fieldErrors: { [field]: [{ code: `[invalid]${field}` }] } },
      });
      expect((await app.request('GET', `/api/tenant/${app.tenantId}`)).text).not.toContain(name);
    });

    it('are refused wherever they stand in a block', async () => {
      const { body } = await patch({
        oauthConfiguration: { tokenExchange: { policyLambdaId: randomUUID() } },
      });

      const field = 'tenant.oauthConfiguration.tokenExchange.policyLambdaId';
      expect(body.fieldErrors).toMatchObject({ [field]: [{ code: `[invalid]${field}` }] });
    });

    it('are refused when they are no ids', async () => {
      const refused = await patch({ lambdaConfiguration: { loginValidationId: 'x' } });

      expect(refused.body.fieldErrors).toMatchObject({
        'tenant.lambdaConfiguration.loginValidationId': [
          { code: '[couldNotConvert]tenant.lambdaConfiguration.loginValidationId' },
        ],
      });
    });

    it('come back as they were written when they are right, and go with null', async () => {
      const lambdaConfiguration = {
        scimEnterpriseUserRequestConverterId: builtIn(1),
        scimEnterpriseUserResponseConverterId: builtIn(2),
        scimGroupRequestConverterId: builtIn(3),
        scimGroupResponseConverterId: builtIn(4),
        scimUserRequestConverterId: builtIn(1),
        scimUserResponseConverterId: builtIn(2),
      };
      const nothing = Object.fromEntries(
        Object.keys(lambdaConfiguration).map((name) => [name, null]),
      );

      const written = await patch({ lambdaConfiguration });
      const removed = await patch({ lambdaConfiguration: nothing });

      expect(written.body.tenant.lambdaConfiguration).toEqual(lambdaConfiguration);
      expect(removed.body.tenant.lambdaConfiguration).toEqual({});
    });
  });

  it('takes the public URL for the issuer of a tenant that names none', async () => {
    const { body } = await app.request('GET', `/api/tenant/${await aTenant()}`);

    expect(body.tenant).toMatchObject({
      issuer: app.configuration.publicUrl,
      jwtConfiguration: { timeToLiveInSeconds: 3600 },
    });
  });

  it('replaces the whole by PUT: what is left out is cleared', async () => {
    const id = await aTenant({ data: { a: 1 }, logoutURL: 'https://example.com' });

    const replaced = await app.request('PUT', `/api/tenant/${id}`, {
      body: { tenant: { name: `Put ${id}` } },
    });

    expect(replaced).toMatchObject({
      status: 200,
      body: { tenant: { id, name: `Put ${id}`, data: {} } },
    });
    expect(replaced.body.tenant).not.toHaveProperty('logoutURL');
  });

  it('patches in the two flavours, which treat lists differently', async () => {
    const id = await aTenant({
      registrationConfiguration: { blockedDomains: ['a.com'] },
      data: { a: 1, b: 2 },
    });
    const patch = {
      tenant: { registrationConfiguration: { blockedDomains: ['b.com'] }, data: { a: null } },
    };
    const merge = { 'content-type': 'application/merge-patch+json' };

    const legacy = await app.request('PATCH', `/api/tenant/${id}`, { body: patch });
    const merged = await app.request('PATCH', `/api/tenant/${id}`, { body: patch, headers: merge });
    const jsonPatch = await app.request('PATCH', `/api/tenant/${id}`, {
      body: [{ op: 'replace', path: '/tenant/name', value: 'x' }],
      headers: { 'content-type': 'application/json-patch+json' },
    });

    expect(legacy.body.tenant).toMatchObject({
      registrationConfiguration: { blockedDomains: ['a.com', 'b.com'] },
      data: { b: 2 },
    });
    expect(merged.body.tenant.registrationConfiguration.blockedDomains).toEqual(['b.com']);
    expect(jsonPatch.status).toBe(400);
    expect(jsonPatch.body.generalErrors[0].message).toContain('application/merge-patch+json');
  });

  it('turns SCIM on when both entity types are there, and refuses it otherwise', async () => {
    const id = await aTenant();
    const types: string[] = [];
    for (const name of ['server', 'client']) {
      const made = await app.request('POST', '/api/entity/type', {
        body: { entityType: { name: `${name} ${id}` } },
      });
      types.push(made.body.entityType.id);
    }
    const enable = (scimServerConfiguration: object) =>
      app.request('PATCH', `/api/tenant/${id}`, { body: { tenant: { scimServerConfiguration } } });

    const missing = await enable({ enabled: true });
    const unknown = await enable({
      enabled: true,
      serverEntityTypeId: types[0],
      clientEntityTypeId: randomUUID(),
    });
    const schemas = { Resources: [{ id: 'x', nothing: null }] };
    const on = await enable({
      enabled: true,
      serverEntityTypeId: types[0],
      clientEntityTypeId: types[1],
      schemas,
    });
    const inUse = await app.request('DELETE', `/api/entity/type/${types[0]}`);

    expect(Object.keys(missing.body.fieldErrors).sort()).toEqual([
      'tenant.scimServerConfiguration.clientEntityTypeId',
      'tenant.scimServerConfiguration.serverEntityTypeId',
    ]);
    expect(unknown).toMatchObject({
      status: 400,
      body: { fieldErrors: { 'tenant.scimServerConfiguration.clientEntityTypeId': [{}] } },
    });
    expect(on).toMatchObject({
      status: 200,
      body: {
        tenant: { scimServerConfiguration: { enabled: true, clientEntityTypeId: types[1] } },
      },
    });
    expect(inUse.status).toBe(400);
  });

  it('copies another tenant but for its name and its mail password', async () => {
    const source = await aTenant({
      issuer: 'source',
      data: { kept: 1 },
      emailConfiguration: { host: 'mail', password: 'smtp' },
    });

    const copy = await app.request('POST', '/api/tenant', {
      body: { sourceTenantId: source, tenant: { name: `Copy ${source}`, issuer: 'x' } },
    });
    const unknown = await app.request('POST', '/api/tenant', {
      body: { sourceTenantId: randomUUID(), tenant: { name: 'x' } },
    });

    expect(copy).toMatchObject({
      status: 200,
      body: { tenant: { name: `Copy ${source}`, issuer: 'source', data: { kept: 1 } } },
    });
    expect(copy.body.tenant.emailConfiguration).toEqual({ host: 'mail', port: 25 });
    expect(unknown).toMatchObject({
      status: 400,
      body: { fieldErrors: { sourceTenantId: [{ code: '[invalid]sourceTenantId' }] } },
    });
  });

  it('deletes at once, and says 202 to who asked not to wait', async () => {
    const [first, second, third] = [await aTenant(), await aTenant(), await aTenant()];

    const plain = await app.request('DELETE', `/api/tenant/${first}`);
    const byQuery = await app.request('DELETE', `/api/tenant/${second}?async=true`);
    const byBody = await app.request('DELETE', `/api/tenant/${third}`, { body: { async: true } });

    expect([plain.status, byQuery.status, byBody.status]).toEqual([200, 202, 202]);
    expect(plain.text).toBe('');
    for (const gone of [first, second, third]) {
      // Who did not wait sees it going for a moment.
      await app.request('DELETE', `/api/tenant/${gone}`);
      expect((await app.request('GET', `/api/tenant/${gone}`)).status).toBe(404);
    }
    expect((await app.request('DELETE', `/api/tenant/${first}`)).status).toBe(404);
    expect((await app.request('DELETE', `/api/tenant/${app.tenantId}`)).status).toBe(400);
  });

  it('searches by name with wildcards, sorted and paged, the same by GET and by POST', async () => {
    const mark = randomUUID();
    for (const letter of ['b', 'c', 'a']) await aTenant({ name: `${letter} ${mark} end` });

    const byPost = await app.request('POST', '/api/tenant/search', {
      body: {
        search: { name: mark.toUpperCase(), orderBy: 'name DESC', numberOfResults: 2, startRow: 1 },
      },
    });
    const byGet = await app.request(
      'GET',
      `/api/tenant/search?name=${mark}&orderBy=name%20desc&numberOfResults=2&startRow=1`,
    );
    const prefix = await app.request(
      'GET',
      `/api/tenant/search?name=${encodeURIComponent(`b ${mark}*`)}`,
    );
    const withinNone = await app.request(
      'GET',
      `/api/tenant/search?name=${encodeURIComponent(`*${mark}`)}`,
    );

    expect(byPost.body.total).toBe(3);
    expect(byPost.body.tenants.map(({ name }: { name: string }) => name[0])).toEqual(['b', 'a']);
    expect(byGet.body).toEqual(byPost.body);
    expect(prefix.body.total).toBe(1);
    expect(withinNone.body).toEqual({ tenants: [], total: 0 });
  });

  describe('with a key of one tenant', () => {
    it('shows that tenant and no other', async () => {
      const [own, foreign] = [await aTenant(), await aTenant()];
      const key = await aTenantKey(own);

      const list = await app.request('GET', '/api/tenant', { key });

      expect(list.body.tenants.map(({ id }: { id: string }) => id)).toEqual([own]);
      expect((await app.request('GET', `/api/tenant/${own}`, { key })).status).toBe(200);
      for (const method of ['GET', 'DELETE']) {
        expect((await app.request(method, `/api/tenant/${foreign}`, { key })).status).toBe(404);
      }
      expect(
        (
          await app.request('PUT', `/api/tenant/${foreign}`, {
            key,
            body: { tenant: { name: 'mine' } },
          })
        ).status,
      ).toBe(404);
      expect(
        (
          await app.request('PATCH', `/api/tenant/${foreign}`, {
            key,
            body: { tenant: { name: 'mine' } },
          })
        ).status,
      ).toBe(404);
    });

    it('makes no tenant and searches none', async () => {
      const key = await aTenantKey(await aTenant());

      expect(
        (await app.request('POST', '/api/tenant', { key, body: { tenant: { name: 'mine' } } }))
          .status,
      ).toBe(401);
      expect((await app.request('GET', '/api/tenant/search', { key })).status).toBe(401);
      expect(
        (
          await app.request('GET', '/api/tenant/search', {
            headers: { 'x-fusionauth-tenantid': app.tenantId },
          })
        ).status,
      ).toBe(401);
    });
  });

  it('tells what a person pastes into an identity provider, and no secret', async () => {
    const id = await aTenant();

    const { status, body } = await app.request('GET', `/api/rollcall/tenant/${id}/scim`);

    expect(status).toBe(200);
    expect(body.scim).toEqual({
      baseUrl: `${app.configuration.publicUrl}/api/scim/resource/v2`,
      clients: [],
      enabled: false,
      servers: [],
      tenantId: id,
    });
    expect((await app.request('GET', `/api/rollcall/tenant/${randomUUID()}/scim`)).status).toBe(
      404,
    );
  });

  it('tells who serves, who may call with what, and when the last tokens end', async () => {
    const id = await aTenant();
    const headers = { 'x-fusionauth-tenantid': id };
    const make = async (path: string, body: object) =>
      (await app.request('POST', path, { body, headers })).body;
    const aTypeOf = async (name: string, permissions: object[]) =>
      (await make('/api/entity/type', { entityType: { name: `${name} ${id}`, permissions } }))
        .entityType.id;
    const serverTypeId = await aTypeOf('server', [{ name: 'scim:user:read', isDefault: true }]);
    const clientTypeId = await aTypeOf('client', []);
    const server = (
      await make('/api/entity', { entity: { name: 'Server', type: { id: serverTypeId } } })
    ).entity;
    const client = (
      await make('/api/entity', { entity: { name: 'Client', type: { id: clientTypeId } } })
    ).entity;
    await make(`/api/entity/${server.id}/grant`, { grant: { recipientEntityId: client.id } });
    const scimServerConfiguration = {
      enabled: true,
      serverEntityTypeId: serverTypeId,
      clientEntityTypeId: clientTypeId,
    };
    await app.request('PATCH', `/api/tenant/${id}`, {
      body: { tenant: { scimServerConfiguration } },
    });
    const context = tenantContext(testContext, id);
    const entity = await app.get(EntityService).get(context, client.id);
    const scope = `target-entity:${server.id}`;
    const token = await app
      .get(TokenService)
      .issue(context, entity, scope, { lifetimeSeconds: 86_400, label: 'Okta' });

    const { body, text } = await app.request('GET', `/api/rollcall/tenant/${id}/scim`);

    expect(body.scim).toMatchObject({
      enabled: true,
      servers: [{ id: server.id, name: 'Server', clientId: server.clientId }],
    });
    expect(body.scim.clients).toEqual([
      {
        id: client.id,
        name: 'Client',
        clientId: client.clientId,
        grants: [{ serverEntityId: server.id, permissions: ['scim:user:read'] }],
        tokens: [
          {
            id: token.jti,
            issued: token.ends - 86_400_000,
            ends: token.ends,
            label: 'Okta',
            revoked: false,
          },
        ],
      },
    ]);
    for (const secret of [client.clientSecret, server.clientSecret, token.accessToken])
      expect(text).not.toContain(secret);
  });

  it('loses none of twenty patches that come at once', async () => {
    const id = await aTenant();
    const names = Array.from({ length: 20 }, (_, index) => `member${index}`);

    const answers = await Promise.all(
      names.map((name) =>
        app.request('PATCH', `/api/tenant/${id}`, { body: { tenant: { data: { [name]: true } } } }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { body } = await app.request('GET', `/api/tenant/${id}`);
    expect(Object.keys(body.tenant.data).sort()).toEqual([...names].sort());
  });
});
