import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EntityService } from '../../src/entities/entity.service.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aSearch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  found,
  inLanes,
  listPath,
  listUrn,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

const people = 230;
const mebibyte = 1_024 * 1_024;

describe.each(databases)('requests that ask too much, or ask otherwise, on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let before: string;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    await inLanes(people, (n) =>
      create(client, 'Users', aUser({ userName: `p${n}`, title: `t${n % 7}` })),
    );
    before = await everythingIn(client);
  });
  afterAll(() => app.close());

  async function withToken(permissions: string): Promise<Readonly<Record<string, string>>> {
    const context = tenantContext(testContext, client.tenantId);
    const entity = await app.get(EntityService).get(context, client.clientEntityId);
    const scope = `target-entity:${client.serverEntityId}:${permissions}`;
    const { accessToken } = await app.get(TokenService).issue(context, entity, scope, {
      lifetimeSeconds: 600,
    });
    return { authorization: `Bearer ${accessToken}` };
  }

  it('S9 a name that is written twice, or reaches for a prototype, harms nothing', async () => {
    const own = await aScimConnection(app);
    const head = `"schemas":["${userUrn}"]`;
    const twice = await own.scim('POST', '/Users', `{${head},"userName":"a","userName":"b"}`);
    const reaching = [
      `{${head},"userName":"c","__proto__":{"polluted":true}}`,
      `{${head},"userName":"d","name":{"__proto__":{"polluted":true}}}`,
      `{${head},"userName":"e","userName":"f","__proto__":{},"__proto__":{"polluted":true}}`,
    ];

    expect(twice).toMatchObject({ status: 201, body: { userName: 'b' } });
    for (const text of reaching) {
      expectScimError(await own.scim('POST', '/Users', text), 400, 'invalidSyntax');
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    }
    expect(await found(own, 'Users', 'userName pr')).toEqual(['b']);
  });

  it('S14 a failing third operation undoes the first two', async () => {
    const own = await aScimConnection(app);
    const member = await create(own, 'Users', aUser());
    const user = await create(own, 'Users', aUser({ title: 'before' }));
    const group = await create(own, 'Groups', aGroup({ members: [{ value: member.id }] }));
    const everything = await everythingIn(own);

    const failing = [
      { op: 'replace', path: 'id', value: randomUUID() },
      { op: 'add', path: 'nothing', value: 1 },
      { op: 'remove', path: 'schemas' },
    ];
    for (const third of failing) {
      const onUser = aPatch(
        { op: 'replace', path: 'title', value: 'after' },
        { op: 'add', path: 'emails', value: [{ value: 'new@example.com' }] },
        third,
      );
      const onGroup = aPatch(
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [{ value: user.id }] },
        third,
      );
      for (const answer of [
        await own.scim('PATCH', `/Users/${user.id}`, onUser),
        await own.scim('PATCH', `/Groups/${group.id}`, onGroup),
      ]) {
        expectScimError(answer, 400, answer.body.scimType);
        expect(answer.body.detail).toContain('Operations[2]');
      }
    }
    const unknownMember = aPatch(
      { op: 'replace', path: 'displayName', value: 'after' },
      { op: 'remove', path: 'members' },
      { op: 'add', path: 'members', value: [{ value: randomUUID() }] },
    );
    expectScimError(
      await own.scim('PATCH', `/Groups/${group.id}`, unknownMember),
      400,
      'invalidValue',
    );

    expect(await everythingIn(own)).toBe(everything);
  });

  it.each([
    ['count=1000000', { count: 1_000_000 }, 200, 1],
    ['count=-1', { count: -1 }, 0, 1],
    ['startIndex=0', { startIndex: 0, count: 3 }, 3, 1],
    ['startIndex=9e18', { startIndex: '9000000000000000000' }, 0, undefined],
    ['an order that no index has', { sortBy: 'title', count: 500 }, 200, 1],
    ['an order by a part', { sortBy: 'emails.value', sortOrder: 'descending' }, 100, 1],
    ['a filter and an order', { filter: 'title eq "T3"', sortBy: 'title', count: 999 }, 33, 1],
  ])('S16 %s is answered with two hundred at most', async (_what, query, many, startIndex) => {
    const body = await read(client, listPath('Users', query));

    expect(body.Resources).toHaveLength(many);
    expect(body.itemsPerPage).toBe(many);
    expect(body.totalResults).toBe('filter' in query ? 33 : people);
    if (startIndex !== undefined) expect(body.startIndex).toBe(startIndex);
  });

  it('S16 names of attributes are taken by the thousand and refused by the ten thousand', async () => {
    const names = (many: number) => Array.from({ length: many }, (_, n) => `a${n}`);
    const ask = (attributes: readonly string[]) =>
      client.scim('POST', '/Users/.search', aSearch({ attributes, count: 300 }));

    const taken = await ask(names(1_000));

    expect(taken.body.Resources).toHaveLength(200);
    expectScimError(await ask(names(10_000)), 400, 'invalidValue');
  });

  it('S17 a search by POST is the search by GET, and needs the same permission', async () => {
    const reader = await withToken('scim:user:read');
    const writer = await withToken('scim:user:create,scim:user:update,scim:group:read');
    const query = { filter: 'title eq "t1"', sortBy: 'userName', startIndex: 2, count: 5 };
    const asks = (headers: Readonly<Record<string, string>>) => [
      client.scim('GET', listPath('Users', query), undefined, headers),
      client.scim('POST', '/Users/.search', aSearch(query), headers),
    ];

    const [byGet, byPost] = await Promise.all(asks(reader));

    expect(byGet).toMatchObject({ status: 200, body: { itemsPerPage: 5 } });
    expect(byPost?.body).toEqual(byGet?.body);
    for (const answer of await Promise.all(asks(writer))) expectScimError(answer, 403);
  });

  it('S17 /Me means nobody', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const isBare = method === 'GET' || method === 'DELETE';
      expectScimError(await client.scim(method, '/Me', isBare ? undefined : aUser()), 501);
    }
  });

  it('S19 what matches nothing is an empty list, and what clients match by can be asked', async () => {
    const own = await aScimConnection(app);
    const user = await create(own, 'Users', aUser({ displayName: 'Ada', externalId: 'e1' }));
    const group = await create(
      own,
      'Groups',
      aGroup({ displayName: 'Staff', externalId: 'e2', members: [{ value: user.id }] }),
    );
    const asked = [
      ['Users', 'userName', user.userName, user.id],
      ['Users', 'externalId', 'e1', user.id],
      ['Users', 'id', user.id, user.id],
      ['Users', 'displayName', 'ada', user.id],
      ['Groups', 'id', group.id, group.id],
      ['Groups', 'externalId', 'e2', group.id],
      ['Groups', 'displayName', 'STAFF', group.id],
      ['Groups', 'members.value', user.id, group.id],
      ['Groups', 'members', user.id, group.id],
    ] as const;

    for (const [endpoint, attribute, value, id] of asked) {
      expect(await found(own, endpoint, `${attribute} eq "${value}"`, 'id')).toEqual([id]);
      const filter = `${attribute} eq "${randomUUID()}"`;
      expect(await own.scim('GET', listPath(endpoint, { filter }))).toMatchObject({
        status: 200,
        body: { schemas: [listUrn], totalResults: 0, Resources: [] },
      });
    }
  });

  it('S19 discovery is complete and needs no more than to read', async () => {
    const reader = await withToken(
      'scim:service-provider-config:read,scim:resource-types:read,scim:schemas:read',
    );
    const get = (path: string) => client.scim('GET', path, undefined, reader);

    const types = await get('/ResourceTypes');
    const schemas = await get('/Schemas');

    expect((await get('/ServiceProviderConfig')).status).toBe(200);
    const known = schemas.body.Resources.map(({ id }: { id: string }) => id);
    for (const { schema, schemaExtensions, id } of types.body.Resources) {
      expect((await get(`/ResourceTypes/${id}`)).status).toBe(200);
      expect(known).toContain(schema);
      for (const extension of schemaExtensions) expect(known).toContain(extension.schema);
    }
    for (const id of known) expect((await get(`/Schemas/${id}`)).body.attributes).not.toEqual([]);
    expect(known).toContain(enterpriseUrn);
  });

  describe('bodies', () => {
    const head = `"schemas":["${userUrn}"],"userName":"x"`;
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const members = (many: number) => Array.from({ length: many }, (_, n) => `"k${n}":1`).join(',');

    it.each([
      ['nested too deep', `{${head},"urn:x:y":{"a":${nested(40)}}}`, 400],
      ['nested much too deep', `{${head},"a":${nested(20_000)}}`, 400],
      ['of too many members', `{${head},${members(10_001)}}`, 413],
      ['of too many elements', `{${head},"a":[${'1,'.repeat(100_001)}1]}`, 413],
      ['too large', `{${head},"title":"${'x'.repeat(2 * mebibyte)}"}`, 413],
    ])('R1 %s are refused', async (_what, text, status) => {
      const answer = await client.scim('POST', '/Users', text);

      expectScimError(answer, status, answer.body.scimType);
      expect(await everythingIn(client)).toBe(before);
    });

    it('R1 a number beyond all integers is none', async () => {
      for (const count of [2 ** 53, 1e300, -1e300, 1.5]) {
        const { status, body } = await client.scim('POST', '/Users/.search', aSearch({ count }));
        if (status === 200) expect(body.itemsPerPage).toBeLessThanOrEqual(200);
        else expect([status, body.scimType]).toEqual([400, 'invalidValue']);
      }
    });

    it('R2 that are compressed are refused unread', async () => {
      const bomb = gzipSync(Buffer.alloc(16 * mebibyte, 0x20));
      for (const method of ['POST', 'PUT', 'PATCH']) {
        const answer = await fetch(
          `${client.baseUrl}/Users/${method === 'POST' ? '' : randomUUID()}`,
          {
            method,
            body: bomb,
            headers: {
              authorization: `Bearer ${client.token}`,
              'content-type': 'application/scim+json',
              'content-encoding': 'gzip',
            },
          },
        );
        expect([method, answer.status]).toEqual([method, 415]);
      }
      expect(await everythingIn(client)).toBe(before);
    });
  });
});
