import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { anOAuthClient, aTenantId, aToken, basic } from '../support/oauth-client.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('discovery on $name', (database) => {
  let app: TestApp;
  let tenantId: string;

  beforeAll(async () => {
    app = await startApp(database);
    tenantId = await aTenantId(app);
    await app
      .get(TenantService)
      .change(testContext, tenantId, (tenant) => ({ ...tenant, issuer: 'acme.com' }));
  });

  afterAll(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request('GET', path, { key: null, headers });

  it.each([
    ['/.well-known/openid-configuration', () => app.configuration.publicUrl],
    ['/.well-known/oauth-authorization-server', () => app.configuration.publicUrl],
    ['/.well-known/openid-configuration?tenantId=', () => app.configuration.publicUrl],
    ['/.well-known/openid-configuration?tenantId=undefined', () => app.configuration.publicUrl],
    ['/.well-known/oauth-authorization-server?tenantId=null', () => app.configuration.publicUrl],
    ['/.well-known/openid-configuration?tenantId={tenant}', () => 'acme.com'],
    ['/.well-known/oauth-authorization-server?tenantId={tenant}', () => 'acme.com'],
    ['/{tenant}/.well-known/openid-configuration', () => 'acme.com'],
    ['/{TENANT}/.well-known/openid-configuration', () => 'acme.com'],
    ['/{tenant}/.well-known/oauth-authorization-server', () => 'acme.com'],
    ['/.well-known/oauth-authorization-server/{tenant}', () => 'acme.com'],
    ['/.well-known/oauth-authorization-server/{TENANT}/', () => 'acme.com'],
    ['/.well-known/openid-configuration/{tenant}', () => 'acme.com'],
  ])('%s tells the issuer of its tenant', async (path, issuer) => {
    const response = await get(
      path.replace('{tenant}', tenantId).replace('{TENANT}', tenantId.toUpperCase()),
    );

    const { publicUrl } = app.configuration;
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      issuer: issuer(),
      authorization_endpoint: `${publicUrl}/oauth2/authorize`,
      token_endpoint: `${publicUrl}/oauth2/token`,
      introspection_endpoint: `${publicUrl}/oauth2/introspect`,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: ['none'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'none',
      ],
    });
  });

  it.each([
    '/.well-known/openid-configuration?tenantId={unknown}',
    '/.well-known/openid-configuration?tenantId=x',
    '/.well-known/openid-configuration?tenantId={unknown}&tenantId={unknown}',
    '/{unknown}/.well-known/openid-configuration',
    '/{unknown}/.well-known/jwks.json',
    '/.well-known/oauth-authorization-server/{unknown}',
    '/.well-known/openid-configuration/{unknown}',
    '/.well-known/openid-configuration/x',
    '/.well-known/openid-configuration/{unknown}/{unknown}',
    "/'--/.well-known/jwks.json",
  ])('%s is not there', async (path) => {
    expect((await get(path.replaceAll('{unknown}', randomUUID()))).status).toBe(404);
  });

  it('FIND C15 is found by the path of an issuer that is the public URL and a tenant', async () => {
    const id = await aTenantId(app);
    const issuer = `${app.configuration.publicUrl}/${id}`;
    await app.get(TenantService).change(testContext, id, (tenant) => ({ ...tenant, issuer }));

    // In the order in which Spring tries them.
    for (const path of [
      `/${id}/.well-known/openid-configuration`,
      `/.well-known/openid-configuration/${id}`,
      `/.well-known/oauth-authorization-server/${id}`,
    ]) {
      expect((await get(path)).body).toMatchObject({ issuer, subject_types_supported: ['public'] });
    }
  });

  it('FIND C8 has no list that is empty, and the algorithms of the keys that it publishes', async () => {
    const { body: document } = await get('/.well-known/openid-configuration');
    const { body: jwks } = await get('/.well-known/jwks.json');

    const lists = Object.values(document).filter(Array.isArray);
    const algorithms = new Set(jwks.keys.map(({ alg }: { alg: string }) => alg));
    expect(lists.length).toBeGreaterThan(4);
    expect(lists.filter((list) => list.length === 0)).toEqual([]);
    expect(new Set(document.id_token_signing_alg_values_supported)).toEqual(algorithms);
  });

  it('H1 builds its URLs from the configuration, whatever host was asked for', async () => {
    const { text } = await get('/.well-known/openid-configuration', {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    });

    expect(text).not.toContain('evil.example');
  });

  it('T14 names only what works: every endpoint, method and algorithm in it is used here', async () => {
    const { body: document } = await get(`/${tenantId}/.well-known/openid-configuration`);
    const client = await anOAuthClient(app, { tenantId });
    const authentications: Record<
      string,
      { headers: Record<string, string>; form: Record<string, string> }
    > = {
      client_secret_basic: { headers: basic(client.clientId, client.clientSecret), form: {} },
      client_secret_post: {
        headers: {},
        form: { client_id: client.clientId, client_secret: client.clientSecret },
      },
      none: { headers: {}, form: {} },
    };
    const post = async (url: string, method: string, form: Record<string, string>) => {
      const { headers = {}, form: credentials = {} } = authentications[method] ?? {};
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ ...form, ...credentials }),
      });
      return (await response.json()) as { access_token: string; active: boolean };
    };

    for (const type of [...document.response_types_supported, 'code']) {
      const asked = await fetch(`${document.authorization_endpoint}?response_type=${type}`);
      expect(asked.status).toBe(400);
      expect(await asked.json()).toMatchObject({ error: 'unsupported_response_type' });
    }
    for (const method of document.token_endpoint_auth_methods_supported) {
      for (const grantType of document.grant_types_supported) {
        const { access_token: token } = await post(document.token_endpoint, method, {
          grant_type: grantType,
        });
        const keys = createRemoteJWKSet(new URL(document.jwks_uri));
        const { payload } = await jwtVerify(token, keys, {
          issuer: document.issuer,
          algorithms: document.id_token_signing_alg_values_supported,
        });
        expect(payload.sub).toBe(client.entity.id);
        for (const introspectionMethod of document.introspection_endpoint_auth_methods_supported) {
          const { active } = await post(document.introspection_endpoint, introspectionMethod, {
            token,
          });
          expect(active).toBe(true);
        }
      }
    }
  });

  it.each(['/.well-known/jwks.json', '/{tenant}/.well-known/jwks.json'])(
    'K5 %s publishes public keys only',
    async (path) => {
      const response = await get(path.replace('{tenant}', tenantId));

      expect(response.status).toBe(200);
      expect(response.body.keys.length).toBeGreaterThan(0);
      for (const key of response.body.keys) {
        expect(key).toEqual({
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          alg: 'ES256',
          kid: expect.any(String),
          use: 'sig',
        });
      }
    },
  );

  it('has the key of every token of the tenant', async () => {
    const token = await aToken(app, await anOAuthClient(app, { tenantId }));
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

    const { body } = await get(`/${tenantId}/.well-known/jwks.json`);

    expect(body.keys.map((key: { kid: string }) => key.kid)).toContain(kid);
  });
});

describe.each(databases)('discovery below a path on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database, { publicUrl: 'https://id.example.com/auth/eu' });
  });
  afterAll(() => app.close());

  it.each([
    ['/auth/eu', 200],
    ['/auth/eu/{tenant}', 200],
    ['/{tenant}', 404],
    ['/auth', 404],
    ['/auth/eu{tenant}', 404],
    ['/auth/eu/{tenant}/x', 404],
  ])(
    'FIND C15 puts the well-known name before the whole path of the issuer: %s',
    async (path, status) => {
      for (const name of ['oauth-authorization-server', 'openid-configuration']) {
        const url = `/.well-known/${name}${path.replace('{tenant}', app.tenantId)}`;
        expect((await app.request('GET', url, { key: null })).status).toBe(status);
      }
    },
  );
});

describe.each(databases)('the authorization endpoint on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  it.each(['GET', 'POST'])(
    'FIND C8 refuses every response type and redirects nowhere: %s',
    async (method) => {
      const query = 'response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fevil.example';
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const key of [null, app.apiKey]) {
        const answer = await app.request(
          method,
          `/oauth2/authorize${method === 'GET' ? `?${query}` : ''}`,
          method === 'GET' ? { key } : { key, body: query, headers: form },
        );

        expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_response_type' } });
        expect(answer.headers.get('location')).toBeNull();
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.text).not.toContain('evil.example');
      }
    },
  );

  it('FIND C8 answers other methods with those that there are', async () => {
    const answer = await app.request('PUT', '/oauth2/authorize', { key: null });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});
