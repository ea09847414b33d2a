import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { scimPermissions } from '../../src/connections/scim-permissions.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import { anOAuthClient, aTargetFor, basic, type TestOAuthClient } from '../support/oauth-client.js';
import {
  aGroup,
  aPatch,
  aSearch,
  aUser,
  create,
  expectScimError,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const base = '/api/scim/resource/v2';
const unknownId = '00000000-0000-4000-8000-000000000000';

interface Operation {
  readonly permission: string;
  readonly method: string;
  readonly path: string;
  readonly body?: () => object;
  /** The answer to who may; an id in the path is nobody's. */
  readonly status: number;
}

/** Every operation that needs a permission; a new route belongs here. */
const operations: readonly Operation[] = [
  ...resourceOperations('Users', 'scim:user', aUser),
  ...resourceOperations('EnterpriseUsers', 'scim:enterprise:user', aUser),
  ...resourceOperations('Groups', 'scim:group', aGroup),
  {
    permission: 'scim:service-provider-config:read',
    method: 'GET',
    path: '/ServiceProviderConfig',
    status: 200,
  },
  { permission: 'scim:resource-types:read', method: 'GET', path: '/ResourceTypes', status: 200 },
  {
    permission: 'scim:resource-types:read',
    method: 'GET',
    path: '/ResourceTypes/User',
    status: 200,
  },
  { permission: 'scim:schemas:read', method: 'GET', path: '/Schemas', status: 200 },
  { permission: 'scim:schemas:read', method: 'GET', path: '/Schemas/x', status: 404 },
];

function resourceOperations(
  endpoint: string,
  prefix: string,
  aBody: () => object,
): readonly Operation[] {
  const [all, one] = [`/${endpoint}`, `/${endpoint}/${unknownId}`];
  return [
    { permission: `${prefix}:create`, method: 'POST', path: all, body: aBody, status: 201 },
    { permission: `${prefix}:read`, method: 'GET', path: all, status: 200 },
    {
      permission: `${prefix}:read`,
      method: 'POST',
      path: `${all}/.search`,
      body: () => aSearch({ count: 0 }),
      status: 200,
    },
    { permission: `${prefix}:read`, method: 'GET', path: one, status: 404 },
    { permission: `${prefix}:update`, method: 'PUT', path: one, body: aBody, status: 404 },
    {
      permission: `${prefix}:update`,
      method: 'PATCH',
      path: one,
      body: () => aPatch({ op: 'replace', value: {} }),
      status: 404,
    },
    { permission: `${prefix}:delete`, method: 'DELETE', path: one, status: 404 },
  ];
}

describe.each(databases)('SCIM permissions on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const contextOf = ({ tenantId }: TestScimConnection) =>
    tenantContext({ actor: { kind: 'system', id: 'test' }, requestId: 'test' }, tenantId);

  /** A token of the connection's client. */
  async function aTokenOf(
    connection: TestScimConnection,
    scope: string,
    lifetimeSeconds = 600,
  ): Promise<string> {
    const entity = await app
      .get(EntityService)
      .get(contextOf(connection), connection.clientEntityId);
    return (
      await app.get(TokenService).issue(contextOf(connection), entity, scope, { lifetimeSeconds })
    ).accessToken;
  }

  const scopeOf = ({ serverEntityId }: TestScimConnection, permissions: readonly string[]) =>
    `target-entity:${serverEntityId}:${permissions.join(',')}`;

  /** Sends a request with exactly these headers. */
  function ask(
    headers: Readonly<Record<string, string>>,
    method = 'GET',
    path = '/Users',
    body?: object,
  ): Promise<TestResponse> {
    return app.request(method, `${base}${path}`, {
      key: null,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  function expectUnauthorized(answer: TestResponse): void {
    expectScimError(answer, 401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="SCIM"/);
  }

  describe('S13', () => {
    it('the table has every permission there is', () => {
      expect(new Set(operations.map(({ permission }) => permission))).toEqual(
        new Set(scimPermissions),
      );
    });

    it.each(scimPermissions)(
      '%s opens its own operations and no others, and their lack closes them alone',
      async (permission) => {
        const connection = await aScimConnection(app);
        const single = await aTokenOf(connection, scopeOf(connection, [permission]));
        const others = await aTokenOf(
          connection,
          scopeOf(
            connection,
            scimPermissions.filter((name) => name !== permission),
          ),
        );

        for (const operation of operations) {
          const isOwn = operation.permission === permission;
          for (const [token, isAllowed] of [
            [single, isOwn],
            [others, !isOwn],
          ] as const) {
            const { method, path, body } = operation;
            const answer = await ask(bearer(token), method, path, body?.());
            expect([method, path, answer.status]).toEqual([
              method,
              path,
              isAllowed ? operation.status : 403,
            ]);
            if (isAllowed) continue;
            expectScimError(answer, 403);
            expect(answer.body.detail).toContain(operation.permission);
          }
        }
      },
    );

    it('a refusal writes nothing', async () => {
      const connection = await aScimConnection(app);
      const { id } = await create(connection, 'Users', aUser());
      const group = await create(connection, 'Groups', aGroup({ members: [{ value: id }] }));
      const user = await read(connection, `/Users/${id}`);
      const readers = await aTokenOf(
        connection,
        scopeOf(
          connection,
          scimPermissions.filter((name) => name.endsWith(':read')),
        ),
      );

      const answers = await Promise.all([
        ask(bearer(readers), 'PUT', `/Users/${user.id}`, aUser()),
        ask(
          bearer(readers),
          'PATCH',
          `/EnterpriseUsers/${user.id}`,
          aPatch({ op: 'replace', value: { active: false } }),
        ),
        ask(bearer(readers), 'DELETE', `/Users/${user.id}`),
        ask(
          bearer(readers),
          'PATCH',
          `/Groups/${group.id}`,
          aPatch({ op: 'remove', path: 'members' }),
        ),
        ask(bearer(readers), 'DELETE', `/Groups/${group.id}`),
      ]);

      for (const answer of answers) expectScimError(answer, 403);
      expect(await read(connection, `/Groups/${group.id}`)).toEqual(group);
      expect(await read(connection, `/Users/${user.id}`)).toEqual(user);
    });

    it('is the token’s list and the grant as it is now', async () => {
      const connection = await aScimConnection(app);
      const recipient = { entityId: connection.clientEntityId };
      const save = (permissions: readonly string[]) =>
        app.get(GrantService).save(contextOf(connection), connection.serverEntityId, {
          recipient,
          permissions,
          data: {},
        });

      const before = await connection.scim('GET', '/Users');
      await save(['scim:group:read']);
      const after = await connection.scim('GET', '/Users');
      const groups = await connection.scim('GET', '/Groups');
      await save(scimPermissions);
      const again = await connection.scim('GET', '/Users');

      expectScimError(after, 403);
      expect([before.status, groups.status, again.status]).toEqual([200, 200, 200]);
    });
  });

  describe('P21 401', () => {
    let connection: TestScimConnection;

    beforeAll(async () => {
      connection = await aScimConnection(app);
    });

    it.each<[string, (token: string) => Readonly<Record<string, string>>]>([
      ['no header', () => ({})],
      ['an empty header', () => ({ authorization: '' })],
      ['the token alone', (token) => ({ authorization: token })],
      ['the scheme alone', () => ({ authorization: 'Bearer' })],
      ['the scheme and a space', () => ({ authorization: 'Bearer ' })],
      ['Bearer twice', (token) => ({ authorization: `Bearer Bearer ${token}` })],
      ['another scheme', (token) => ({ authorization: `Token ${token}` })],
      ['Basic with the client', () => basic(connection.clientId, connection.clientSecret)],
      ['Basic with the token', (token) => basic('token', token)],
      ['two tokens', (token) => ({ authorization: `Bearer ${token} ${token}` })],
      ['an API key', () => bearer(app.apiKey)],
      ['an API key as it is', () => ({ authorization: app.apiKey })],
      ['the client secret', () => bearer(connection.clientSecret)],
      ['a token that was cut', (token) => bearer(token.slice(0, -1))],
      ['a token cut to its header', (token) => bearer(token.split('.')[0] ?? '')],
      ['a token without signature', (token) => bearer(token.slice(0, token.lastIndexOf('.') + 1))],
      [
        'a token with another payload',
        (token) =>
          bearer(
            token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
          ),
      ],
      ['a token with a letter more', (token) => bearer(`${token}A`)],
      ['a token in a cookie', (token) => ({ cookie: `access_token=${token}` })],
      ['a token in another header', (token) => ({ 'x-access-token': token })],
    ])('answers %s, on every route', async (_what, headers) => {
      for (const path of [
        '/Users',
        '/ServiceProviderConfig',
        `/Groups/${unknownId}`,
        '/Nothing',
        '',
      ]) {
        expectUnauthorized(await ask(headers(connection.token), 'GET', path));
      }
    });

    it('P22 takes no token from the query', async () => {
      for (const name of ['access_token', 'token', 'bearer']) {
        expectUnauthorized(await ask({}, 'GET', `/Users?${name}=${connection.token}`));
      }
    });

    it('takes the scheme in any case', async () => {
      for (const scheme of ['bearer', 'BEARER'])
        expect((await ask({ authorization: `${scheme} ${connection.token}` })).status).toBe(200);
    });

    it('writes nothing for who is nobody', async () => {
      expectUnauthorized(await ask({}, 'POST', '/Users', aUser({ userName: 'nobody’s' })));
      expect((await connection.scim('GET', '/Users')).body.totalResults).toBe(0);
    });

    it('answers a token that has expired', async () => {
      // Times in tokens are whole seconds: one of two seconds lives for one at least.
      const token = await aTokenOf(connection, scopeOf(connection, ['scim:user:read']), 2);
      const fresh = await ask(bearer(token));
      const { exp } = decodeJwt(token);
      await new Promise((resolve) => setTimeout(resolve, Number(exp) * 1_000 - Date.now() + 20));
      const old = await ask(bearer(token));

      expect(fresh.status).toBe(200);
      expectUnauthorized(old);
      expect(old.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(old.body.detail).toContain('expired');
    });

    it('answers a client of another type', async () => {
      const stranger = await anOAuthClient(app, { tenantId: connection.tenantId });
      const recipient = { entityId: stranger.entity.id };
      await app.get(GrantService).save(stranger.context, connection.serverEntityId, {
        recipient,
        permissions: scimPermissions,
        data: {},
      });
      const { accessToken } = await app
        .get(TokenService)
        .issue(stranger.context, stranger.entity, `target-entity:${connection.serverEntityId}`);

      expectUnauthorized(await ask(bearer(accessToken)));
    });

    it('answers an audience that is no SCIM server, none, and its own', async () => {
      const context = contextOf(connection);
      const entity = await app.get(EntityService).get(context, connection.clientEntityId);
      const asClient: TestOAuthClient = {
        context,
        entity,
        clientId: entity.clientId,
        clientSecret: '',
      };
      const target = await aTargetFor(app, asClient, ['scim:user:read']);

      expectUnauthorized(await ask(bearer(await aTokenOf(connection, `target-entity:${target}`))));
      expectUnauthorized(await ask(bearer(await aTokenOf(connection, ''))));
    });

    it.each<[string, (of: TestScimConnection) => Promise<unknown>]>([
      ['SCIM is switched off', (of) => setScim(of, false)],
      [
        'the client is deleted',
        (of) => app.get(EntityService).delete(contextOf(of), of.clientEntityId),
      ],
      [
        'the server is deleted',
        (of) => app.get(EntityService).delete(contextOf(of), of.serverEntityId),
      ],
      [
        'the grant is taken away',
        (of) =>
          app
            .get(GrantService)
            .delete(contextOf(of), of.serverEntityId, { entityId: of.clientEntityId }),
      ],
      ['the tenant is deleted', (of) => app.get(TenantService).delete(contextOf(of), of.tenantId)],
    ])('answers from the moment when %s', async (_what, change) => {
      const own = await aScimConnection(app);
      const before = await own.scim('GET', '/Users');
      await change(own);
      const after = await own.scim('GET', '/Users');

      expect(before.status).toBe(200);
      expectUnauthorized(after);
    });

    it('ends when SCIM is switched on again', async () => {
      const own = await aScimConnection(app);
      await setScim(own, false);
      expectUnauthorized(await own.scim('GET', '/Users'));
      await setScim(own, true);

      expect((await own.scim('GET', '/Users')).status).toBe(200);
    });

    function setScim(of: TestScimConnection, isEnabled: boolean) {
      return app.get(TenantService).change(contextOf(of), of.tenantId, (tenant) => ({
        ...tenant,
        scim: { ...tenant.scim, isEnabled },
      }));
    }
  });
});
