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
  ])('%s tells the issuer of its tenant', async (path, issuer) => {
    const response = await get(
      path.replace('{tenant}', tenantId).replace('{TENANT}', tenantId.toUpperCase()),
    );

    const { publicUrl } = app.configuration;
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      issuer: issuer(),
      token_endpoint: `${publicUrl}/oauth2/token`,
      introspection_endpoint: `${publicUrl}/oauth2/introspect`,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
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
    "/'--/.well-known/jwks.json",
  ])('%s is not there', async (path) => {
    expect((await get(path.replaceAll('{unknown}', randomUUID()))).status).toBe(404);
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

    for (const method of document.token_endpoint_auth_methods_supported) {
      for (const grantType of document.grant_types_supported) {
        const { access_token: token } = await post(document.token_endpoint, method, {
          grant_type: grantType,
        });
        const keys = createRemoteJWKSet(new URL(document.jwks_uri));
        const { payload } = await jwtVerify(token, keys, { issuer: document.issuer });
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
