import { createHmac, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { KeyService } from '../../src/keys/key.service.js';
import type { Signer } from '../../src/keys/signing-key.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { signJws } from '../../src/tokens/jws.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  anOAuthClient,
  aTargetFor,
  aTenantId,
  aToken,
  basic,
  postForm,
  type TestOAuthClient,
} from '../support/oauth-client.js';
import { testContext } from '../support/test-context.js';

const inactive = { status: 200, text: '{"active":false}' };

describe.each(databases)('tokens that are shown to us, on $name', (database) => {
  let app: TestApp;
  let client: TestOAuthClient;
  let target: string;
  let signer: Signer;
  let good: { header: JsonObject; payload: JsonObject; text: string };

  beforeAll(async () => {
    app = await startApp(database);
    client = await anOAuthClient(app);
    target = await aTargetFor(app, client, ['read', 'write']);
    signer = await app.get(KeyService).getSigner(undefined);
    const text = await aToken(app, client, `target-entity:${target}`);
    good = { text, header: partOf(text, 0), payload: partOf(text, 1) };
  });

  afterAll(() => app.close());

  const introspect = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(app, '/oauth2/introspect', form, headers);
  const validate = (token: string) =>
    app.request('GET', '/api/jwt/validate', {
      key: null,
      headers: { authorization: `Bearer ${token}` },
    });
  const signed = (header: JsonObject, payload: JsonObject) =>
    signJws({ ...good.header, ...header }, { ...good.payload, ...payload }, signer);

  describe('introspection', () => {
    it('tells the claims of a good token, asked with the token alone', async () => {
      const response = await introspect({ token: good.text });

      expect(response.status).toBe(200);
      expect(response.body).toEqual({ active: true, ...good.payload });
      expect(response.headers.get('cache-control')).toBe('no-store');
    });

    it('tells the claims of a token without a target', async () => {
      const { body } = await introspect({ token: await aToken(app, client) });

      expect(body).toMatchObject({ active: true, sub: client.entity.id });
      expect(body).not.toHaveProperty('permissions');
    });

    it('tells the permissions that are still granted', async () => {
      const reduced = await aTargetFor(app, client, ['read', 'write']);
      const token = await aToken(app, client, `target-entity:${reduced}`);
      const save = (permissions: string[]) =>
        app.get(GrantService).save(client.context, reduced, {
          recipient: { entityId: client.entity.id },
          permissions,
          data: {},
        });

      await save(['read']);

      expect((await introspect({ token })).body).toMatchObject({
        active: true,
        permissions: { [reduced]: ['read'] },
      });
    });

    it('T6 tells nothing of a token whose grant is gone', async () => {
      const gone = await aTargetFor(app, client, ['read']);
      const token = await aToken(app, client, `target-entity:${gone}`);
      expect((await introspect({ token })).body.active).toBe(true);

      await app.get(GrantService).delete(client.context, gone, { entityId: client.entity.id });

      expect(await introspect({ token })).toMatchObject(inactive);
    });

    it('T6 tells nothing of a token whose entity is gone', async () => {
      const gone = await anOAuthClient(app);
      const token = await aToken(app, gone);
      expect((await introspect({ token })).body.active).toBe(true);

      await app.get(EntityService).delete(gone.context, gone.entity.id);

      expect(await introspect({ token })).toMatchObject(inactive);
    });

    it('goes on taking tokens that were issued under an earlier issuer', async () => {
      const tenantId = await aTenantId(app);
      const token = await aToken(app, await anOAuthClient(app, { tenantId }));

      await app
        .get(TenantService)
        .change(testContext, tenantId, (tenant) => ({ ...tenant, issuer: 'acme.com' }));

      expect((await introspect({ token })).body).toMatchObject({
        active: true,
        iss: app.configuration.publicUrl,
      });
    });

    it.each([
      [
        'in the header',
        (id: string, secret: string) => introspect({ token: good.text }, basic(id, secret)),
      ],
      [
        'in the body',
        (id: string, secret: string) =>
          introspect({ token: good.text, client_id: id, client_secret: secret }),
      ],
    ])('T11 wants client authentication to be right when there is one: %s', async (_where, ask) => {
      const right = await ask(client.clientId, client.clientSecret);
      const wrong = await ask(client.clientId, 'wrong');
      const unknown = await ask(randomUUID(), 'wrong');

      expect(right.body.active).toBe(true);
      expect(wrong).toMatchObject({
        status: 401,
        body: { error: 'invalid_client', error_reason: 'invalid_client_authentication' },
      });
      expect(unknown.text).toBe(wrong.text);
    });

    it('FIND C5 takes a client id without a secret only from whom the token concerns', async () => {
      const server = await app.get(EntityService).get(client.context, target);

      const { sub, aud } = decodeJwt(good.text);
      for (const clientId of [client.clientId, server.clientId, String(sub), String(aud)])
        expect((await introspect({ token: good.text, client_id: clientId })).body.active).toBe(
          true,
        );
    });

    it('FIND C5 refuses every other client id in one way, known or not', async () => {
      const known = await anOAuthClient(app);
      const foreign = await anOAuthClient(app, { tenantId: await aTenantId(app) });
      const wrong = await introspect({ token: good.text }, basic(client.clientId, 'wrong'));

      for (const clientId of [randomUUID(), known.clientId, foreign.clientId, 'x']) {
        const answer = await introspect({ token: good.text, client_id: clientId });
        expect([answer.status, answer.text]).toEqual([401, wrong.text]);
        expect(await introspect({ token: 'x', client_id: clientId })).toMatchObject(inactive);
      }
    });

    it('FIND C5 refuses an assertion, which it cannot check', async () => {
      const assertion = {
        client_assertion: 'a.b.c',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };

      for (const form of [assertion, { ...assertion, client_id: client.clientId }]) {
        expect(await introspect({ token: good.text, ...form })).toMatchObject({
          status: 401,
          body: { error: 'invalid_client' },
        });
      }
    });

    it("T11 tells a client nothing of another tenant's token", async () => {
      const foreigner = await anOAuthClient(app, { tenantId: await aTenantId(app) });

      expect(
        await introspect({ token: good.text }, basic(foreigner.clientId, foreigner.clientSecret)),
      ).toMatchObject(inactive);
    });

    it('T9 tells nothing of a token when another tenant is named', async () => {
      const tenantId = await aTenantId(app);

      expect(await introspect({ token: good.text, tenantId })).toMatchObject(inactive);
      expect(
        (await introspect({ token: good.text, tenantId: client.context.tenantId })).body.active,
      ).toBe(true);
    });

    it.each([
      [{}, 'invalid_request', 'missing_token'],
      [{ token: 'x', token_type_hint: 'shoe' }, 'unsupported_token_type', 'unsupported_token_type'],
      [{ token: 'x', tenantId: 'x' }, 'invalid_request', 'invalid_tenant_id'],
    ])('refuses %j', async (form: Record<string, string>, error, reason) => {
      expect(await introspect(form)).toMatchObject({
        status: 400,
        body: { error, error_reason: reason },
      });
    });

    it('refuses a token in the query', async () => {
      const response = await postForm(app, `/oauth2/introspect?token=${good.text}`, {});

      expect(response).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('wants a hint to be true', async () => {
      const ask = (hint: string) => introspect({ token: good.text, token_type_hint: hint });

      expect((await ask('access_token')).body.active).toBe(true);
      expect(await ask('refresh_token')).toMatchObject({
        status: 400,
        body: { error_reason: 'token_type_hint_mismatch' },
      });
      expect(await introspect({ token: 'x', token_type_hint: 'refresh_token' })).toMatchObject(
        inactive,
      );
    });
  });

  describe('forged tokens', () => {
    const publicPem = () =>
      createPublicKey(signer.privateKey).export({ type: 'spki', format: 'pem' });
    const unsigned = (header: JsonObject, signature = '') =>
      `${encode({ ...good.header, ...header })}.${encode(good.payload)}.${signature}`;
    const hmac = (header: JsonObject, key: string | Buffer) => {
      const input = `${encode({ ...good.header, ...header })}.${encode(good.payload)}`;
      return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
    };
    const jwk = () => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const header = {
        ...good.header,
        jwk: JSON.parse(JSON.stringify(publicKey.export({ format: 'jwk' }))),
      };
      return signJws(header, good.payload, { ...signer, privateKey });
    };
    const otherKey = (header: JsonObject = {}) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return signJws({ ...good.header, ...header }, good.payload, { ...signer, privateKey });
    };
    const changed = () => {
      const [header = '', payload = '', signature = ''] = good.text.split('.');
      const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
      return `${header}.${payload}.${flipped}`;
    };

    it.each<[string, () => string]>([
      ['T7 none', () => unsigned({ alg: 'none' })],
      ['T7 nOnE with a signature', () => unsigned({ alg: 'nOnE' }, 'AAAA')],
      ['T7 none without the last dot', () => unsigned({ alg: 'none' }).slice(0, -1)],
      ['T7 HS256 with the public key as its secret', () => hmac({ alg: 'HS256' }, publicPem())],
      ['T7 HS256 with the thumbprint as its secret', () => hmac({ alg: 'HS256' }, signer.kid)],
      ['T7 a header that says RS256', () => signedAs({ alg: 'RS256' })],
      ['T7 a changed signature', changed],
      ['T7 an all-zero signature', () => unsigned({}, Buffer.alloc(64).toString('base64url'))],
      ['T7 another key under our kid', () => otherKey()],
      ['T7 a key of its own (jwk)', jwk],
      ['T7 an address of keys (jku)', () => otherKey({ jku: 'http://127.0.0.1:1/keys' })],
      ['T7 our key with a jku', () => signed({ jku: 'http://127.0.0.1:1/keys' }, {})],
      ['T7 our key with an x5u', () => signed({ x5u: 'http://127.0.0.1:1/x' }, {})],
      ['T7 our key with an x5c', () => signed({ x5c: ['AAAA'] }, {})],
      ['T7 crit', () => signed({ crit: ['exp'] }, {})],
      ['T7 b64', () => signed({ b64: false, crit: ['b64'] }, {})],
      ['T8 expired', () => signed({}, { exp: Math.floor(Date.now() / 1000) - 1 })],
      ['T8 from the future', () => signed({}, { iat: Math.floor(Date.now() / 1000) + 120 })],
      ['T8 not yet valid', () => signed({}, { nbf: Math.floor(Date.now() / 1000) + 120 })],
      ['T8 without an end', () => signed({}, { exp: 'never' })],
      ['T10 an unknown kid', () => unsigned({ kid: 'unknown' }, good.text.split('.')[2])],
      ['T10 a path as kid', () => unsigned({ kid: '../../etc/passwd' }, good.text.split('.')[2])],
      ['T10 SQL as kid', () => unsigned({ kid: "' or '1'='1" }, good.text.split('.')[2])],
      ['T10 a long kid', () => unsigned({ kid: 'k'.repeat(3_000) }, good.text.split('.')[2])],
      ['T10 a number as kid', () => unsigned({ kid: 1 }, good.text.split('.')[2])],
      ['nothing like a token', () => 'x'],
      ['a token with blanks', () => `${good.text} `.replaceAll('.', ' . ')],
    ])('are inactive and not valid: %s', async (_what, forge) => {
      const token = forge();

      expect(await introspect({ token })).toMatchObject(inactive);
      expect(await validate(token)).toMatchObject({ status: 401, text: '' });
    });

    it.each<[string, () => string]>([
      ['T8 another issuer', () => signed({}, { iss: 'https://elsewhere.example' })],
      ['T9 another tenant', () => signed({}, { tid: randomUUID() })],
      ['T8 an audience without a grant', () => signed({}, { aud: client.entity.id })],
      ['an audience that does not exist', () => signed({}, { aud: randomUUID() })],
      ['a subject that does not exist', () => signed({}, { sub: randomUUID() })],
      ['another kind of token', () => signed({ gty: ['password'] }, {})],
      ['a token of no kind', () => signed({ gty: null }, {})],
    ])('are inactive though signed by us: %s', async (_what, forge) => {
      expect(await introspect({ token: forge() })).toMatchObject(inactive);
    });

    it("T9 are inactive: one tenant's claims under another tenant's id", async () => {
      const tenantId = await aTenantId(app);

      expect(await introspect({ token: signed({}, { tid: tenantId }) })).toMatchObject(inactive);
    });

    it('get no permission that was not granted', async () => {
      const token = signed({}, { permissions: { [target]: ['read', 'write', 'admin'] } });

      expect((await introspect({ token })).body.permissions).toEqual({
        [target]: ['read', 'write'],
      });
    });

    /** Signed by our key, but with a header that names another algorithm. */
    function signedAs(header: JsonObject): string {
      const [, payload = '', signature = ''] = good.text.split('.');
      return `${encode({ ...good.header, ...header })}.${payload}.${signature}`;
    }
  });

  describe('GET /api/jwt/validate', () => {
    it('shows the claims of a token in the header', async () => {
      expect(await validate(good.text)).toMatchObject({ status: 200, body: { jwt: good.payload } });
    });

    it('shows the claims of a token in the cookie', async () => {
      const headers = { cookie: `a=b; access_token=${good.text}` };

      expect(await app.request('GET', '/api/jwt/validate', { key: null, headers })).toMatchObject({
        status: 200,
        body: { jwt: good.payload },
      });
    });

    it('asks for a token when there is none', async () => {
      const response = await app.request('GET', '/api/jwt/validate', { key: null });

      expect(response).toMatchObject({ status: 401, text: '' });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('T12 takes no token from the query', async () => {
      expect(
        (await app.request('GET', `/api/jwt/validate?access_token=${good.text}`, { key: null }))
          .status,
      ).toBe(401);
    });

    it('refuses a token of a tenant that is gone', async () => {
      const tenantId = await aTenantId(app);
      const token = await aToken(app, await anOAuthClient(app, { tenantId }));
      await app.get(TenantService).delete(testContext, tenantId);

      const response = await validate(token);

      expect(response).toMatchObject({ status: 401, text: '' });
      expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    });
  });
});

function partOf(token: string, index: number): JsonObject {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
