import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAppOn, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { tcpSwitch, type TcpSwitch } from '../support/tcp-switch.js';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** The promise is 2 s, which the settings of the pool keep; a busy machine is only told from one that hangs. */
const hangMs = 15_000;

/** Longer than anything is remembered of what a token may do. */
const rememberedMs = 1_100;

describe.each(databases.filter(({ name }) => name === 'postgres'))(
  'D3 the database gone, on $name',
  (database) => {
    let wire: TcpSwitch;
    let app: TestApp;
    let client: TestScimConnection;
    beforeAll(async () => {
      const fresh = await database.create();
      if (fresh.settings.kind !== 'postgres') throw new Error('this is about PostgreSQL');
      const url = new URL(fresh.settings.url);
      wire = await tcpSwitch({ host: url.hostname, port: Number(url.port || 5432) });
      url.hostname = '127.0.0.1';
      url.port = String(wire.port);
      app = await startAppOn({
        settings: { kind: 'postgres', url: url.href },
        drop: () => fresh.drop(),
      });
      client = await aScimConnection(app);
    });
    afterAll(async () => {
      await app.close();
      await wire.close();
    });

    const tokenRequest = () =>
      app.request('POST', '/oauth2/token', {
        key: null,
        body: `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${encodeURIComponent(client.clientSecret)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });

    it("answers 503 in every face's shape, soon, and works again by itself when the database is back", async () => {
      const created = await client.scim('POST', '/Users', {
        schemas: [userSchema],
        userName: 'ann',
      });
      expect((await app.request('GET', '/api/health/ready', { key: null })).status).toBe(200);

      await wire.cut();
      const started = performance.now();
      const [read, write, admin, token] = await Promise.all([
        client.scim('GET', `/Users/${created.body.id}`),
        client.scim('POST', '/Users', { schemas: [userSchema], userName: 'bob' }),
        app.request('GET', '/api/tenant'),
        tokenRequest(),
      ]);
      expect(performance.now() - started).toBeLessThan(hangMs);

      for (const answer of [read, write, admin, token]) {
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
        expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|select|insert/i);
      }
      expect(write.body).toMatchObject({
        status: '503',
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      });
      expect(admin.body.generalErrors).toHaveLength(1);
      expect(token.body.error).toEqual(expect.any(String));
      expect((await app.request('GET', '/api/health', { key: null })).status).toBe(200);
      expect((await app.request('GET', '/api/health/ready', { key: null })).status).toBe(503);
      expect((await app.request('GET', '/api/status', { key: null })).status).toBe(452);

      await wire.mend();
      expect((await client.scim('GET', `/Users/${created.body.id}`)).status).toBe(200);
      expect(
        (await client.scim('GET', '/Users?filter=userName%20eq%20%22bob%22')).body.totalResults,
      ).toBe(0);
      expect((await tokenRequest()).status).toBe(200);
      expect((await app.request('GET', '/api/health/ready', { key: null })).status).toBe(200);
    });

    it('FIND R-9 goes on telling keys and verifying signatures, and lets nobody in', async () => {
      const none = { key: null };
      const bearer = { key: null, headers: { authorization: `Bearer ${client.token}` } };
      const published = [
        '/.well-known/jwks.json',
        '/.well-known/openid-configuration',
        `/${client.tenantId}/.well-known/jwks.json`,
        `/${client.tenantId}/.well-known/openid-configuration`,
      ];
      const validate = () => app.request('GET', '/api/jwt/validate', bearer);
      const before = [];
      for (const path of published) before.push((await app.request('GET', path, none)).text);
      expect((await validate()).status).toBe(200);

      await wire.cut();
      try {
        for (const [index, path] of published.entries())
          expect(await app.request('GET', path, none)).toMatchObject({
            status: 200,
            text: before[index],
          });
        expect((await validate()).body.jwt).toMatchObject({ tid: client.tenantId });
        const changed = { ...bearer.headers, authorization: `${bearer.headers.authorization}x` };
        const forged = await app.request('GET', '/api/jwt/validate', { ...none, headers: changed });
        expect(forged.status).toBe(401);

        // A good verification is remembered for a second.
        await pause(rememberedMs);
        expect((await client.scim('GET', '/Users')).status).toBe(503);
        const introspection = await app.request('POST', '/oauth2/introspect', {
          key: null,
          body: `token=${client.token}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
        expect(introspection.status).toBe(503);
        const unknown = await app.request('GET', `/${randomUUID()}/.well-known/jwks.json`, none);
        expect(unknown.status).toBe(503);
      } finally {
        await wire.mend();
      }
    });

    it('SEC D3 forgets a tenant that was deleted here, also while the database is away', async () => {
      const path = `/${client.tenantId}/.well-known/jwks.json`;
      expect((await app.request('GET', path, { key: null })).status).toBe(200);
      const deleted = await app.request('DELETE', `/api/tenant/${client.tenantId}`);
      expect(deleted.status).toBe(200);

      await wire.cut();
      try {
        expect((await app.request('GET', path, { key: null })).status).toBe(503);
      } finally {
        await wire.mend();
      }
    });
  },
);
