import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

/** Open to everybody, each for its reason: what a load balancer, a verifier of tokens or a client's library asks. */
const publicRoutes = [
  'GET /api/health',
  'GET /api/health/ready',
  'GET /api/status',
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/openid-configuration',
  'GET /:tenantId/.well-known/jwks.json',
  'GET /:tenantId/.well-known/oauth-authorization-server',
  'GET /:tenantId/.well-known/openid-configuration',
  'GET /.well-known/oauth-authorization-server/*',
  'GET /.well-known/openid-configuration/*',
  'GET /api/tenant/password-validation-rules',
  'GET /api/tenant/password-validation-rules/:tenantId',
  'GET /oauth2/authorize',
  'POST /oauth2/authorize',
];

/** Every route of every controller that the running application holds. */
function routesOf(app: TestApp): string[] {
  const scanner = app.get(MetadataScanner);
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype, instance }) => {
      if (typeof metatype !== 'function' || typeof instance !== 'object' || instance === null)
        return [];
      const prototype: Record<string, unknown> = Object.getPrototypeOf(instance);
      const bases = [Reflect.getMetadata(PATH_METADATA, metatype)].flat().map(String);
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (typeof handler !== 'function') return [];
        const paths: unknown = Reflect.getMetadata(PATH_METADATA, handler);
        if (paths === undefined) return [];
        const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? '';
        const methods = method === 'ALL' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [method];
        return bases.flatMap((base) =>
          [paths]
            .flat()
            .flatMap((path) => methods.map((one) => `${one} ${join(base, String(path))}`)),
        );
      });
    });
}

function join(base: string, path: string): string {
  const joined = `/${base}/${path}`.replace(/\/+/g, '/');
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

describe.each(databases)('the routes on $name', (database) => {
  let app: TestApp;
  let acme: TestScimConnection;
  let globex: TestScimConnection;
  beforeAll(async () => {
    app = await startApp(database);
    [acme, globex] = [await aScimConnection(app), await aScimConnection(app)];
  });
  afterAll(() => app.close());

  const concrete = (path: string) =>
    path.replace(/:\w+/g, randomUUID()).replace(/\*\w*/g, 'anything');

  it('A1 answer 401 without a credential, all but the public ones', async () => {
    const open: string[] = [];
    const routes = routesOf(app);
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const { status } = await app.request(method, concrete(path), { key: null });
      if (status !== 401) open.push(route);
    }

    expect(routes.length).toBeGreaterThan(60);
    expect(open.filter((route) => !publicRoutes.includes(route))).toEqual([]);
  });

  it.each([
    'wrong',
    'Bearer wrong',
    `Basic ${Buffer.from('apikey:wrong').toString('base64')}`,
    `Basic ${Buffer.from('wrong').toString('base64')}`,
  ])('answers 401 to %j', async (key) => {
    expect(await app.request('GET', '/api/tenant', { key })).toMatchObject({
      status: 401,
      text: '',
    });
  });

  it('takes the key as Basic too', async () => {
    const key = `Basic ${Buffer.from(`apikey:${app.apiKey}`).toString('base64')}`;

    expect((await app.request('GET', '/api/tenant', { key })).status).toBe(200);
  });

  it.each([
    '/api/tenant/',
    '//api/tenant',
    '/API/tenant',
    '/api/tenant;x',
    '/api/%74enant',
    '/api/tenant/.',
    '/api/./tenant',
    '/api/health/../tenant',
    '/api/health/..%2ftenant',
    '/api/tenant?_method=GET',
    '/api/tenant%00',
  ])('A2 never lets %s past its guard', async (path) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
      const answer = await app.request(method, path, {
        key: null,
        headers: { 'x-http-method-override': 'GET' },
      });
      expect([400, 401, 404, 405]).toContain(answer.status);
      expect(answer.text).not.toContain('"tenant');
    }
  });

  it('does what a key lists, and nothing else', async () => {
    const endpoints = { '/api/entity': ['GET'], '/api/entity/search': ['POST'] };
    const { text: key } = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, tenantId: acme.tenantId, endpoints });
    const entity = `/api/entity/${acme.clientEntityId}`;

    expect((await app.request('GET', entity, { key })).status).toBe(200);
    expect(
      (await app.request('POST', '/api/entity/search', { key, body: { search: {} } })).status,
    ).toBe(200);
    expect((await app.request('GET', '/api/entity/search', { key })).status).toBe(401);
    expect((await app.request('PATCH', entity, { key, body: {} })).status).toBe(401);
    expect((await app.request('DELETE', entity, { key })).status).toBe(401);
    expect(
      (await app.request('GET', `/api/entity/${acme.serverEntityId}/grant`, { key })).status,
    ).toBe(401);
  });

  it('answers 401 to a key that has expired', async () => {
    const { text: key } = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, expires: 1 });

    expect((await app.request('GET', '/api/tenant', { key })).status).toBe(401);
  });

  it("A3 keeps a tenant's key out of every other tenant, however it is named", async () => {
    const { text: key } = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, tenantId: acme.tenantId });
    const headers = { 'x-fusionauth-tenantid': globex.tenantId };
    const before = await app.request('GET', `/api/entity/${globex.clientEntityId}`);
    const grant = { recipientEntityId: globex.clientEntityId, permissions: ['scim:user:read'] };

    const answers = [
      await app.request('GET', `/api/tenant/${globex.tenantId}`, { key }),
      await app.request('PATCH', `/api/tenant/${globex.tenantId}`, {
        key,
        body: { tenant: { name: 'taken' } },
      }),
      await app.request('DELETE', `/api/tenant/${globex.tenantId}`, { key }),
      await app.request('GET', `/api/rollcall/tenant/${globex.tenantId}/scim`, { key }),
      await app.request('GET', `/api/entity/${globex.clientEntityId}`, { key }),
      await app.request('GET', `/api/entity/${globex.clientEntityId}`, { key, headers }),
      await app.request('PATCH', `/api/entity/${globex.clientEntityId}`, {
        key,
        body: { entity: { name: 'taken' } },
      }),
      await app.request('DELETE', `/api/entity/${globex.clientEntityId}`, { key, headers }),
      await app.request('POST', `/api/entity/${globex.serverEntityId}/grant`, {
        key,
        body: { grant },
      }),
      await app.request('POST', `/api/entity/${acme.serverEntityId}/grant`, {
        key,
        body: { grant },
      }),
      await app.request(
        'GET',
        `/api/entity/${globex.serverEntityId}/grant?recipientEntityId=${globex.clientEntityId}`,
        { key },
      ),
    ];
    const type = (await app.request('GET', `/api/entity/${acme.clientEntityId}`)).body.entity.type
      .id;
    const made = await app.request('POST', '/api/entity', {
      key,
      body: { entity: { name: 'mine', tenantId: globex.tenantId, type: { id: type } } },
    });

    for (const { status, text } of answers) {
      expect([400, 401, 404]).toContain(status);
      expect(text).not.toContain(globex.clientSecret);
    }
    expect(made.body.entity.tenantId).toBe(acme.tenantId);
    expect((await app.request('GET', '/api/tenant', { key })).body.tenants).toHaveLength(1);
    expect((await app.request('GET', '/api/entity/type', { key })).status).toBe(401);
    expect((await app.request('GET', `/api/entity/${globex.clientEntityId}`)).body).toEqual(
      before.body,
    );
  });
});
