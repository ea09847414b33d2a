import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { testContext } from '../support/test-context.js';

const id = randomUUID();

const all = (path: string, ...methods: string[]) =>
  methods.map((method): [string, string] => [method, path]);

/** Every route of the face, by method and path. */
const routes: [string, string][] = [
  ...all('/api/tenant', 'GET', 'POST'),
  ...all(`/api/tenant/${id}`, 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  ...all('/api/tenant/search', 'GET', 'POST'),
  ...all('/api/entity/type', 'GET', 'POST'),
  ...all(`/api/entity/type/${id}`, 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  ...all('/api/entity/type/search', 'GET', 'POST'),
  ...all(`/api/entity/type/${id}/permission`, 'POST', 'DELETE'),
  ...all(`/api/entity/type/${id}/permission/${id}`, 'POST', 'PUT', 'PATCH', 'DELETE'),
  ['POST', '/api/entity'],
  ...all(`/api/entity/${id}`, 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  ...all('/api/entity/search', 'GET', 'POST', 'PUT'),
  ...all(`/api/entity/${id}/grant`, 'GET', 'POST', 'PUT', 'DELETE'),
  ...all('/api/entity/grant/search', 'GET', 'POST'),
  ...all('/api/lambda', 'GET', 'POST'),
  ...all(`/api/lambda/${id}`, 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  ['GET', '/api/system/version'],
  ['GET', `/api/rollcall/tenant/${id}/scim`],
];

describe.each(databases)('what the admin API refuses on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.request('POST', '/api/tenant', { body, headers });

  it.each(routes)('%s %s without a key is 401 with no body', async (method, path) => {
    const { text: powerless } = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, endpoints: { '/api/user': ['GET'] } });

    for (const key of [null, 'wrong', powerless, 'Bearer abc']) {
      const refused = await app.request(method, path, {
        key,
        ...(method === 'GET' ? {} : { body: {} }),
      });

      expect([refused.status, refused.text]).toEqual([401, '']);
    }
  });

  it('looks at the endpoint and the method of a key, entry by entry', async () => {
    const endpoints = { '/api/entity': ['GET'], '/api/tenant': ['GET'] };
    const { text: key } = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, endpoints });

    expect((await app.request('GET', '/api/tenant', { key })).status).toBe(200);
    expect((await app.request('GET', `/api/entity/${id}`, { key })).status).toBe(404);
    expect((await app.request('DELETE', `/api/entity/${id}`, { key })).status).toBe(401);
    expect((await app.request('GET', `/api/entity/${id}/grant`, { key })).status).toBe(401);
    expect((await app.request('GET', '/api/entity/search', { key })).status).toBe(401);
    expect((await app.request('GET', '/api/tenant/search', { key })).status).toBe(401);
  });

  it('takes the key as Basic credentials too', async () => {
    const key = `Basic ${Buffer.from(`apikey:${app.apiKey}`).toString('base64')}`;

    expect((await app.request('GET', '/api/system/version', { key })).body).toEqual({
      version: '1.69.0',
    });
  });

  it.each(['/api/nothing', '/api/tenant/x/y', '/api', '/api/entity/type/a/b/c'])(
    'answers 404 without a body at %s',
    async (path) => {
      const missing = await app.request('GET', path);

      expect([missing.status, missing.text]).toEqual([404, '']);
    },
  );

  it.each([
    ['PUT', '/api/tenant', 'GET, POST'],
    ['GET', '/api/entity', 'POST'],
    ['PATCH', `/api/entity/${id}/grant`, 'DELETE, GET, POST, PUT'],
    ['POST', '/api/system/version', 'GET'],
  ])('answers 405 to %s %s and names what there is', async (method, path, allowed) => {
    const refused = await app.request(method, path, method === 'GET' ? {} : { body: {} });

    expect([refused.status, refused.text, refused.headers.get('allow')]).toEqual([
      405,
      '',
      allowed,
    ]);
  });

  it.each([
    ['GET', '/api/tenant/1', 'tenantId'],
    ['DELETE', '/api/entity/undefined', 'entityId'],
    ['GET', '/api/entity/type/SCIM', 'entityTypeId'],
    ['DELETE', `/api/entity/type/${id}/permission/1'%20or%20'1`, 'permissionId'],
  ])(
    'answers %s %s, which names no UUID, with the name of the parameter',
    async (method, path, field) => {
      const refused = await app.request(method, path);

      expect(refused.status).toBe(400);
      expect(refused.body.fieldErrors).toEqual({
        [field]: [{ code: `[couldNotConvert]${field}`, message: expect.any(String) }],
      });
    },
  );

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{"tenant":', 400, '[invalidJSON]'],
    ['a list', [], 400, '[invalid]'],
    ['text', '"tenant"', 400, '[invalid]'],
    [
      '__proto__',
      '{"tenant":{"name":"x","data":{"__proto__":{"polluted":true}}}}',
      400,
      '[invalidJSON]',
    ],
    ['NUL', '{"tenant":{"name":"a\\u0000b"}}', 400, '[invalidJSON]'],
    ['half a character', '{"tenant":{"name":"\\ud800"}}', 400, '[invalidJSON]'],
    ['a depth of 100', `{"tenant":${'{"a":'.repeat(99)}1${'}'.repeat(99)}}`, 400, '[invalidJSON]'],
    [
      'too many bytes',
      JSON.stringify({ tenant: { name: 'x', data: { text: 'x'.repeat(1_100_000) } } }),
      413,
      '[tooLarge]',
    ],
  ])('refuses a body with %s and changes nothing', async (_, body, status, code) => {
    const before = await app.request('GET', '/api/tenant');

    const refused = await post(body);

    expect(refused.status).toBe(status);
    expect(refused.body.generalErrors.map((error: { code: string }) => error.code)).toEqual([code]);
    expect((await app.request('GET', '/api/tenant')).body).toEqual(before.body);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('answers a wrong Content-Type with 400 and a hint', async () => {
    const refused = await post('<tenant/>', { 'content-type': 'text/xml' });

    expect(refused.status).toBe(400);
    expect(refused.body.generalErrors[0].message).toContain('application/json');
  });

  it('tells all problems of a body at once', async () => {
    const refused = await post({
      tenant: {
        issuer: '',
        jwtConfiguration: { timeToLiveInSeconds: 'x', accessTokenKeyId: 'k' },
        data: 'x',
      },
      webhookIds: [id],
    });

    expect(Object.keys(refused.body.fieldErrors).sort()).toEqual([
      'tenant.data',
      'tenant.issuer',
      'tenant.jwtConfiguration.accessTokenKeyId',
      'tenant.jwtConfiguration.timeToLiveInSeconds',
      'tenant.name',
      'webhookIds',
    ]);
    expect(refused.body.generalErrors).toEqual([]);
  });

  it('reads lambdas and writes none', async () => {
    const list = await app.request('GET', '/api/lambda');
    const some = await app.request('GET', '/api/lambda?type=SCIMServerGroupRequestConverter');
    const one = await app.request('GET', `/api/lambda/${list.body.lambdas[0].id}`);
    const written = await app.request('POST', '/api/lambda', {
      body: { lambda: { name: 'x', type: 'y', body: 'z' } },
    });

    expect(list.body.lambdas).toHaveLength(4);
    expect(some.body.lambdas).toHaveLength(1);
    expect(one.body).toEqual({ lambda: list.body.lambdas[0] });
    expect((await app.request('GET', `/api/lambda/${id}`)).status).toBe(404);
    expect(written).toMatchObject({
      status: 501,
      body: { generalErrors: [{ code: '[notImplemented]' }] },
    });
  });
});
