import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { clientSecretCharactersMin } from '../../src/entities/entity-secrets.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { formBytesMax } from '../../src/oauth/form-body.js';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  anOAuthClient,
  aTargetFor,
  aTenantId,
  basic,
  postForm,
  requestToken,
  type TestOAuthClient,
} from '../support/oauth-client.js';

const grant = { grant_type: 'client_credentials' };

describe.each(databases)('POST /oauth2/token on $name', (database) => {
  let app: TestApp;
  let client: TestOAuthClient;

  beforeAll(async () => {
    app = await startApp(database);
    client = await anOAuthClient(app);
  });

  afterAll(() => app.close());

  const token = (
    form: string | Record<string, string>,
    headers: Record<string, string> = {},
    query = '',
  ) => postForm(app, `/oauth2/token${query}`, form, headers);

  const inBody = (changes: Record<string, string> = {}) => ({
    ...grant,
    client_id: client.clientId,
    client_secret: client.clientSecret,
    ...changes,
  });

  const published = async () =>
    createLocalJWKSet((await app.request('GET', '/.well-known/jwks.json')).body);

  it('issues a token that somebody else can verify with the published keys', async () => {
    const target = await aTargetFor(app, client, ['scim:user:read', 'scim:user:create', 'other']);
    const scope = `target-entity:${target}:scim:user:read,scim:user:create`;

    const response = await requestToken(app, client, scope);

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      access_token: expect.any(String),
      expires_in: expect.any(Number),
      scope,
      token_type: 'Bearer',
    });
    expect([3599, 3600]).toContain(response.body.expires_in);
    const { payload, protectedHeader } = await jwtVerify(
      response.body.access_token,
      await published(),
      {
        algorithms: ['ES256'],
        audience: target,
        issuer: app.configuration.publicUrl,
      },
    );
    expect(protectedHeader).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: expect.any(String),
      gty: ['client_credentials'],
    });
    expect(payload).toEqual({
      aud: target,
      sub: client.entity.id,
      iss: app.configuration.publicUrl,
      tid: client.context.tenantId,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(payload.iat) + 3600,
      scope,
      permissions: { [target]: ['scim:user:create', 'scim:user:read'] },
    });
  });

  it('T12 forbids that the answer is kept', async () => {
    const { headers } = await requestToken(app, client);

    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('gives nothing beyond the client itself when no scope is asked for', async () => {
    const { body } = await requestToken(app, client);

    const { payload } = await jwtVerify(body.access_token, await published());
    expect(body).not.toHaveProperty('scope');
    for (const absent of ['aud', 'permissions', 'scope'])
      expect(payload).not.toHaveProperty(absent);
  });

  it('gives all permissions of the grant, or several targets, when they are asked for', async () => {
    const first = await aTargetFor(app, client, ['b', 'a', 'c'], ['b', 'a']);
    const second = await aTargetFor(app, client, ['read']);

    const { body } = await requestToken(
      app,
      client,
      `target-entity:${first} target-entity:${second}:read`,
    );

    const { payload } = await jwtVerify(body.access_token, await published());
    expect(payload.aud).toEqual([first, second]);
    expect(payload.permissions).toEqual({ [first]: ['a', 'b'], [second]: ['read'] });
  });

  describe('client authentication', () => {
    it.each([
      'a+b/c=%25%',
      'a:b',
      'with blank',
      'pässwörd',
      'quote\'"\\',
      'Q+fj/YHT2hXJrCFTxHBTVCJzM9FyGGbE=',
      '100%zz',
    ])(
      'takes the secret %j unencoded in the header, encoded in the header, and in the body',
      async (awkward) => {
        const clientSecret = awkward.padEnd(clientSecretCharactersMin, '~');
        const made = await anOAuthClient(app, { clientSecret });
        const encoded = encodeURIComponent(clientSecret);

        const answers = await Promise.all([
          token(grant, basic(made.clientId, clientSecret)),
          token(grant, basic(encodeURIComponent(made.clientId).replaceAll('-', '%2D'), encoded)),
          token({ ...grant, client_id: made.clientId, client_secret: clientSecret }),
        ]);

        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      },
    );

    it.each(['client_id with blanks', 'https://client.example/%7E', 'Ünï'])(
      'takes the client id %j',
      async (clientId) => {
        const made = await anOAuthClient(app, { clientId: `${clientId} ${randomUUID()}` });
        const hasColon = clientId.includes(':');

        const post = await token({
          ...grant,
          client_id: made.clientId,
          client_secret: made.clientSecret,
        });
        const header = await token(
          grant,
          basic(hasColon ? encodeURIComponent(made.clientId) : made.clientId, made.clientSecret),
        );

        expect([post.status, header.status]).toEqual([200, 200]);
      },
    );

    it('takes the header together with the same client id in the body', async () => {
      const response = await token(
        { ...grant, client_id: client.clientId },
        basic(client.clientId, client.clientSecret),
      );

      expect(response.status).toBe(200);
    });

    it.each([
      ['in the header', (id: string, secret: string) => token(grant, basic(id, secret))],
      [
        'in the body',
        (id: string, secret: string) => token({ ...grant, client_id: id, client_secret: secret }),
      ],
    ])('T1 answers every wrong client alike, byte for byte: %s', async (_where, ask) => {
      const deleted = await anOAuthClient(app);
      await app.get(EntityService).delete(deleted.context, deleted.entity.id);

      const answers = await Promise.all([
        ask(client.clientId, 'wrong'),
        ask(randomUUID(), client.clientSecret),
        ask('nobody', 'wrong'),
        ask(deleted.clientId, deleted.clientSecret),
        ask(`${client.clientId} `, client.clientSecret),
        ask(client.clientId.toUpperCase(), client.clientSecret),
        ask(client.clientId, client.clientSecret.slice(0, -1)),
      ]);

      const [first, ...others] = answers.map(comparable);
      expect(first).toEqual({
        status: 401,
        text: JSON.stringify({
          error: 'invalid_client',
          error_reason: 'invalid_client_authentication',
          error_description: 'The client could not be verified.',
        }),
        headers: expect.arrayContaining([['www-authenticate', expect.stringMatching(/^Basic /)]]),
      });
      for (const other of others) expect(other).toEqual(first);
    });

    it('T1 answers a client of another tenant than the named one like a wrong one', async () => {
      const wrong = await token(inBody({ client_secret: 'wrong' }));
      const elsewhere = await aTenantId(app);

      const byField = await token(inBody({ tenantId: elsewhere }));
      const byHeader = await token(inBody(), { 'x-fusionauth-tenantid': randomUUID() });

      expect(comparable(byField)).toEqual(comparable(wrong));
      expect(comparable(byHeader)).toEqual(comparable(wrong));
    });

    it('takes the tenant of the client by field and header', async () => {
      const tenantId = client.context.tenantId.toUpperCase();

      const response = await token(inBody({ tenantId }), { 'x-fusionauth-tenantid': tenantId });

      expect(response.status).toBe(200);
    });

    it('T6 refuses the old secret from the moment it is replaced', async () => {
      const another = 'another secret of that client';
      const made = await anOAuthClient(app);
      await app.get(EntityService).change(made.context, made.entity.id, ({ entity }) => ({
        name: entity.name,
        typeId: entity.type.id,
        parentId: undefined,
        data: {},
        clientSecret: another,
      }));

      const old = await token(grant, basic(made.clientId, made.clientSecret));
      const present = await token(grant, basic(made.clientId, another));

      expect([old.status, present.status]).toEqual([401, 200]);
    });
  });

  describe('refusals', () => {
    it.each<[string, number, string, string, () => Promise<TestResponse>]>([
      [
        'no grant_type',
        400,
        'invalid_request',
        'missing_grant_type',
        () => token({}, basic(client.clientId, client.clientSecret)),
      ],
      ['an empty body', 400, 'invalid_request', 'missing_grant_type', () => token('')],
      [
        'another grant',
        400,
        'unsupported_grant_type',
        'invalid_grant_type',
        () => token(inBody({ grant_type: 'password' })),
      ],
      [
        'a grant of the prototype',
        400,
        'unsupported_grant_type',
        'invalid_grant_type',
        () => token(inBody({ grant_type: 'toString' })),
      ],
      ['no client id', 400, 'invalid_request', 'missing_client_id', () => token(grant)],
      [
        'a secret without a client id',
        400,
        'invalid_request',
        'missing_client_id',
        () => token({ ...grant, client_secret: 'x' }),
      ],
      [
        'a client id alone',
        401,
        'invalid_client',
        'client_authentication_missing',
        () => token({ ...grant, client_id: client.clientId }),
      ],
      [
        'an empty secret in the body',
        401,
        'invalid_client',
        'client_authentication_missing',
        () => token(inBody({ client_secret: '' })),
      ],
      [
        'an empty secret in the header',
        401,
        'invalid_client',
        'missing_client_secret',
        () => token(grant, basic(client.clientId, '')),
      ],
      [
        'a wrong scheme',
        401,
        'invalid_client',
        'invalid_client_authentication_scheme',
        () => token(grant, { authorization: 'Bearer x' }),
      ],
      [
        'a broken header',
        401,
        'invalid_client',
        'invalid_client_authentication',
        () => token(grant, { authorization: 'Basic !' }),
      ],
      [
        'two client ids',
        400,
        'invalid_request',
        'client_id_mismatch',
        () => token({ ...grant, client_id: 'x' }, basic(client.clientId, 'x')),
      ],
      [
        'a malformed scope',
        400,
        'invalid_scope',
        'invalid_target_entity_scope',
        () => requestToken(app, client, 'openid'),
      ],
      [
        'a scope that is no scope',
        400,
        'invalid_scope',
        'invalid_target_entity_scope',
        () => requestToken(app, client, 'a"b'),
      ],
      [
        'a bad tenant id',
        400,
        'invalid_request',
        'invalid_tenant_id',
        () => token(inBody({ tenantId: 'x' })),
      ],
      [
        'two tenant ids',
        400,
        'invalid_request',
        'invalid_tenant_id',
        () => token(inBody({ tenantId: randomUUID() }), { 'x-fusionauth-tenantid': randomUUID() }),
      ],
      [
        'JSON',
        400,
        'invalid_request',
        'unknown',
        () => token(JSON.stringify(inBody()), { 'content-type': 'application/json' }),
      ],
      [
        'a body of no known type',
        400,
        'invalid_request',
        'unknown',
        () => token(new URLSearchParams(inBody()).toString(), { 'content-type': 'text/plain' }),
      ],
      [
        'a nonsensical type',
        400,
        'invalid_request',
        'unknown',
        () => token('x', { 'content-type': 'nonsense' }),
      ],
      [
        'a compressed body',
        400,
        'invalid_request',
        'unknown',
        () => token(inBody(), { 'content-encoding': 'gzip' }),
      ],
      [
        'a NUL in the client id',
        400,
        'invalid_request',
        'unknown',
        () => token(inBody({ client_id: 'a\0' })),
      ],
      [
        'a NUL in the secret',
        400,
        'invalid_request',
        'unknown',
        () => token(inBody({ client_secret: 'a\0' })),
      ],
      [
        'a NUL in the header',
        401,
        'invalid_client',
        'invalid_client_authentication',
        () => token(grant, basic('a\0', 'b')),
      ],
      [
        'a body that is too large',
        413,
        'invalid_request',
        'unknown',
        () => token(inBody({ scope: 'x'.repeat(formBytesMax) })),
      ],
    ])('are in the words of OAuth: %s', async (_what, status, error, reason, ask) => {
      const response = await ask();

      expect(response.status).toBe(status);
      expect(response.body).toEqual({
        error,
        error_reason: reason,
        error_description: expect.any(String),
      });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('pragma')).toBe('no-cache');
      expect(response.headers.has('www-authenticate')).toBe(status === 401);
      expect(response.text).not.toContain(client.clientSecret);
    });

    it.each([
      [
        'the client in header and body',
        () => token(inBody(), basic(client.clientId, client.clientSecret)),
      ],
      ['two client ids', () => token(`${new URLSearchParams(inBody()).toString()}&client_id=x`)],
      ['two scopes', () => token(`${new URLSearchParams(inBody()).toString()}&scope=&scope=x`)],
      [
        'two grant types',
        () => token(`${new URLSearchParams(inBody()).toString()}&grant_type=client_credentials`),
      ],
      ['a scope in body and query', () => token(inBody({ scope: 'x' }), {}, '?scope=x')],
    ])('T3 gives no token for a request that says something twice: %s', async (_what, ask) => {
      const response = await ask();

      expect(response).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });

    it('T4 refuses a scope that is too long or has too many items, quickly', async () => {
      const long = await requestToken(app, client, `target-entity:${'a'.repeat(8 * 1024)}`);
      const wide = await requestToken(
        app,
        client,
        Array.from({ length: 101 }, () => `target-entity:${client.entity.id}`).join(' '),
      );

      for (const response of [long, wide]) {
        expect(response).toMatchObject({
          status: 400,
          body: { error_reason: 'invalid_target_entity_scope' },
        });
      }
    });

    it('T5 answers an unknown, a foreign and an ungranted target alike', async () => {
      const foreigner = await anOAuthClient(app, { tenantId: await aTenantId(app) });
      const foreign = await aTargetFor(app, foreigner, ['read']);
      const stranger = await anOAuthClient(app);
      const ungranted = await aTargetFor(app, stranger, ['read']);

      const answers = await Promise.all(
        [randomUUID(), foreign, ungranted, client.entity.id].map((id) =>
          requestToken(app, client, `target-entity:${id}:read`),
        ),
      );

      const [first, ...others] = answers.map(comparable);
      expect(first).toMatchObject({ status: 400 });
      expect(answers[0]?.body).toMatchObject({
        error: 'invalid_scope',
        error_reason: 'invalid_target_entity_scope',
      });
      for (const other of others) expect(other).toEqual(first);
    });

    it('T5 refuses the whole request when one permission is not granted', async () => {
      const target = await aTargetFor(app, client, ['read', 'write'], ['read']);

      const response = await requestToken(app, client, `target-entity:${target}:read,write`);

      expect(response).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope', error_reason: 'invalid_entity_permission_scope' },
      });
    });

    it('T6 gives no token for a grant that was taken away', async () => {
      const target = await aTargetFor(app, client, ['read']);
      const before = await requestToken(app, client, `target-entity:${target}`);
      await app.get(GrantService).delete(client.context, target, { entityId: client.entity.id });

      const after = await requestToken(app, client, `target-entity:${target}`);

      expect([before.status, after.status]).toEqual([200, 400]);
    });

    it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
      'takes POST and nothing else: %s',
      async (method) => {
        const response = await app.request(method, '/oauth2/token', { key: null });

        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('POST');
      },
    );
  });

  describe('the query', () => {
    it('may hold the scope, for clients that have no other place for it', async () => {
      const target = await aTargetFor(app, client, ['read']);
      const scope = `target-entity:${target}:read`;

      const response = await token(inBody(), {}, `?${new URLSearchParams({ scope }).toString()}`);

      expect(response).toMatchObject({ status: 200, body: { scope } });
    });

    it.each([
      'client_secret=x',
      'client_id=x',
      'grant_type=client_credentials',
      'token=x',
      'scope=x&client_secret=y',
      'client_assertion=x',
      'foo=bar&refresh_token=x',
    ])('T12 may hold no credential and nothing that asks for one: %s', async (query) => {
      const response = await token(inBody(), {}, `?${query}`);

      expect(response).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });
  });

  it.each(['foo=bar', 'foo=bar&tenantId=x', 'resource='])(
    'ignores what it does not know in the query (RFC 6749 §3.2): %s',
    async (query) => {
      const response = await token(inBody(), {}, `?${query}`);

      expect(response).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    },
  );

  it('gives no bearer token to who asks for one that is bound to a key (RFC 9449 §5)', async () => {
    const response = await token(inBody(), { dpop: 'eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.x' });

    expect(response).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
    expect(response.body).not.toHaveProperty('access_token');
  });

  it('never writes to the console', async () => {
    const methods = ['log', 'info', 'warn', 'error'] as const;
    const spies = methods.map((method) => jest.spyOn(console, method));
    const { clientId, clientSecret } = await anOAuthClient(app, { tenantId: await aTenantId(app) });

    await token(grant, {
      ...basic(clientId, clientSecret),
      origin: 'https://somewhere.example',
      accept: 'text/html',
    });
    await token(grant, { ...basic(clientId, 'wrong'), accept: 'text/html' });

    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

/** What a stranger sees of an answer. The date is the clock's. */
function comparable({ status, text, headers }: TestResponse) {
  return { status, text, headers: [...headers].filter(([name]) => name !== 'date') };
}
