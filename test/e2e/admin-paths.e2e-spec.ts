import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unservedPaths } from '../../src/admin-api/unserved-paths.js';
import { UnservedController } from '../../src/admin-api/unserved.controller.js';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { testContext } from '../support/test-context.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe.each(databases)('paths of the admin API on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const aKey = async (draft: Partial<typeof superKeyDraft>) =>
    (await app.get(ApiKeyService).create(testContext, { ...superKeyDraft, ...draft })).text;

  describe('that FusionAuth has and this server does not', () => {
    it.each(unservedPaths)('FIND C9 answer 501 and name themselves: /api/%s', async (name) => {
      for (const path of [`/api/${name}`, `/api/${name}/${randomUUID()}/more`]) {
        const answer = await app.request('GET', `${path}?secret=hidden`);

        expect(answer.status).toBe(501);
        expect(answer.body).toEqual({
          fieldErrors: {},
          generalErrors: [{ code: '[notImplemented]', message: expect.stringContaining(path) }],
        });
        expect(answer.text).not.toContain('hidden');
      }
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
      'FIND C9 answer %s so, whatever its body',
      async (method) => {
        const path = `/api/theme/${randomUUID()}`;

        for (const [body, headers] of [
          [{ theme: {} }, {}],
          ['{', {}],
          ['a=b', form],
        ] as const) {
          expect((await app.request(method, path, { body, headers })).status).toBe(501);
        }
      },
    );

    it('FIND C9 look at the credential first', async () => {
      for (const key of [null, 'wrong', `Bearer ${app.apiKey}`, await aKey({ expires: 1 })]) {
        const answer = await app.request('GET', '/api/theme', { key });

        expect([answer.status, answer.text]).toEqual([401, '']);
      }
    });

    it('FIND C9 are for keys that list them, by the path without its ids', async () => {
      const key = await aKey({ endpoints: { '/api/user/registration': ['GET'] } });
      const ask = (path: string, method = 'GET') => app.request(method, path, { key });
      const ids = `${randomUUID()}/${randomUUID()}`;

      expect((await ask(`/api/user/registration/${ids}`)).status).toBe(501);
      expect((await ask('/api/user/registration/1')).status).toBe(501);
      expect((await ask(`/api/user/registration/${ids}`, 'DELETE')).status).toBe(401);
      expect((await ask('/api/user')).status).toBe(401);
    });

    it('FIND C9 are none of those that this server has', () => {
      const scanner = app.get(MetadataScanner);
      const served = app
        .get(DiscoveryService)
        .getControllers()
        .filter(({ metatype }) => metatype !== UnservedController)
        .flatMap(({ metatype, instance }) => {
          if (typeof metatype !== 'function') return [];
          const prototype: Record<string, unknown> = Object.getPrototypeOf(instance);
          const bases = [Reflect.getMetadata(PATH_METADATA, metatype)].flat().map(String);
          return scanner.getAllMethodNames(prototype).flatMap((name) => {
            const handler = prototype[name];
            if (
              typeof handler !== 'function' ||
              Reflect.getMetadata(METHOD_METADATA, handler) === undefined
            )
              return [];
            const paths = [Reflect.getMetadata(PATH_METADATA, handler)].flat().map(String);
            return bases.flatMap((base) => paths.map((path) => `/${base}/${path}/`));
          });
        })
        .map((path) => path.replace(/\/+/g, '/'));

      const both = unservedPaths.filter((path) =>
        served.some((one) => one.startsWith(`/api/${path}/`)),
      );
      expect(served.length).toBeGreaterThan(40);
      expect(both).toEqual([]);
    });

    it.each(['/api/nothing', '/api', '/api/themes', '/api/user-action-reasons', '/api/jwt'])(
      'FIND C9 are not every other path: %s is 404',
      async (path) => {
        const answer = await app.request('GET', path);

        expect([answer.status, answer.text]).toEqual([404, '']);
      },
    );
  });

  it.each([
    ['/api/nothing', 404],
    ['/nothing', 404],
    [`/api/tenant/${randomUUID()}/x`, 404],
    ['/api/system/version', 405],
  ])(
    'FIND C4 answer for themselves, whatever the type of a body: POST %s',
    async (path, status) => {
      for (const headers of [form, { 'content-type': 'text/xml' }, {}]) {
        const answer = await app.request('POST', path, { body: '<a=b', headers });

        expect([answer.status, answer.text]).toEqual([status, '']);
      }
    },
  );

  describe('of the password rules', () => {
    const rules = { minLength: 12, requireNumber: true };
    let tenantId: string;
    beforeAll(async () => {
      const made = await app.request('POST', '/api/tenant', {
        body: { tenant: { name: 'Rules', passwordValidationRules: rules } },
      });
      tenantId = made.body.tenant.id;
    });

    const ask = (path: string, headers: Record<string, string> = {}) =>
      app.request('GET', `/api/tenant/password-validation-rules${path}`, { key: null, headers });

    it('FIND C3 need no key: by the id of the path', async () => {
      const { status, body } = await ask(`/${tenantId.toUpperCase()}`);

      expect(status).toBe(200);
      expect(body).toEqual({
        passwordValidationRules: expect.objectContaining({ ...rules, maxLength: 256 }),
      });
    });

    it('FIND C11 need no key: by the header', async () => {
      const { status, body } = await ask('', { 'x-fusionauth-tenantid': tenantId });

      expect(status).toBe(200);
      expect(body.passwordValidationRules).toMatchObject(rules);
    });

    it('FIND C11 take the path before the header', async () => {
      const { body } = await ask(`/${tenantId}`, { 'x-fusionauth-tenantid': app.tenantId });

      expect(body.passwordValidationRules).toMatchObject(rules);
    });

    it('FIND C11 need to be told which, where there are several tenants', async () => {
      const { status, body } = await ask('');

      expect(status).toBe(400);
      expect(body.generalErrors).toMatchObject([{ code: '[TenantIdRequired]' }]);
    });

    it('FIND C3 are those of tenants that are served', async () => {
      const gone = await app.request('POST', '/api/tenant', { body: { tenant: { name: 'Gone' } } });
      await app.get(TenantService).delete(testContext, gone.body.tenant.id);

      for (const path of [`/${randomUUID()}`, `/${gone.body.tenant.id}`])
        expect((await ask(path)).status).toBe(404);
      expect((await ask('', { 'x-fusionauth-tenantid': randomUUID() })).status).toBe(404);
      expect((await ask('/x')).status).toBe(400);
      expect((await ask('', { 'x-fusionauth-tenantid': 'x' })).status).toBe(400);
    });
  });

  describe('of the status', () => {
    const version = { status: 'Ok', version: '1.69.0' };

    it('FIND C5 tells its version to a key of all tenants', async () => {
      const listed = await aKey({ endpoints: { '/api/status': ['GET'] } });

      for (const key of [app.apiKey, listed, basicOf(app.apiKey)])
        expect((await app.request('GET', '/api/status', { key })).body).toEqual(version);
    });

    it('FIND C5 tells it to nobody else, and is told to everybody', async () => {
      const bound = await aKey({ tenantId: app.tenantId });
      const other = await aKey({ endpoints: { '/api/tenant': ['GET'] } });
      const expired = await aKey({ expires: 1 });

      for (const key of [null, 'wrong', `Bearer ${app.apiKey}`, bound, other, expired]) {
        const { status, body } = await app.request('GET', '/api/status', { key });
        expect([status, body]).toEqual([200, { status: 'Ok' }]);
      }
    });
  });

  describe('of lambdas', () => {
    it('FIND C3 search them: by GET and by POST alike', async () => {
      const byGet = await app.request('GET', '/api/lambda/search?name=GROUP&orderBy=name%20DESC');
      const byPost = await app.request('POST', '/api/lambda/search', {
        body: { search: { name: 'group', orderBy: 'name DESC' } },
      });

      expect(byGet.status).toBe(200);
      expect(byGet.body.total).toBe(2);
      expect(byGet.body.lambdas.map(({ type }: { type: string }) => type)).toEqual([
        'SCIMServerGroupResponseConverter',
        'SCIMServerGroupRequestConverter',
      ]);
      expect(byPost.body).toEqual(byGet.body);
    });

    it.each([
      ['', 4],
      ['name=x', 0],
      ['name=*converter', 4],
      ['name=[rollcall*request*', 2],
      ['name=user*', 0],
      ['name=*user*', 2],
      ['name=r*r*r*r*r*r*r*r*', 0],
      ['body=mapping', 4],
      ['body=absent', 0],
      ['type=SCIMServerUserRequestConverter', 1],
      ['type=JWTPopulate', 0],
      ['numberOfResults=0', 4],
    ])('FIND C3 find what matches %j', async (query, total) => {
      const { status, body } = await app.request('GET', `/api/lambda/search?${query}`);

      expect([status, body.total]).toEqual([200, total]);
    });

    it('FIND C3 come in pages', async () => {
      const search = (query: string) => app.request('GET', `/api/lambda/search?${query}`);
      const all = await search('orderBy=id');
      const page = await search('orderBy=id&startRow=1&numberOfResults=2');
      const one = await search('orderBy=id&startRow=false&numberOfResults=true');

      expect(page.body).toEqual({ lambdas: all.body.lambdas.slice(1, 3), total: 4 });
      expect(one.body).toEqual({ lambdas: all.body.lambdas.slice(0, 1), total: 4 });
      expect((await search('orderBy=body')).status).toBe(400);
    });

    it('FIND C3 are for keys of all tenants that list the search', async () => {
      const ask = async (draft: Partial<typeof superKeyDraft>) =>
        (await app.request('GET', '/api/lambda/search', { key: await aKey(draft) })).status;

      expect(await ask({ endpoints: { '/api/lambda/search': ['GET'] } })).toBe(200);
      expect(await ask({ endpoints: { '/api/lambda': ['GET'] } })).toBe(401);
      expect(await ask({ tenantId: app.tenantId })).toBe(401);
    });
  });
});

function basicOf(key: string): string {
  return `Basic ${Buffer.from(`apikey:${key}`).toString('base64')}`;
}
