import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { aBulk, bulk, idsOf, making, statusesOf } from '../support/bulk.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  inLanes,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const managedBy = (bulkId: string, attributes: object = {}) =>
  aUser({
    schemas: [userUrn, enterpriseUrn],
    [enterpriseUrn]: { manager: { value: `bulkId:${bulkId}` } },
    ...attributes,
  });
const holding = (...bulkIds: readonly string[]) =>
  aGroup({ members: bulkIds.map((bulkId) => ({ value: `bulkId:${bulkId}` })) });

describe.each(databases)('SCIM Bulk on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let baseUrl: string;

  beforeAll(async () => {
    app = await startApp(database);
    baseUrl = `${app.configuration.publicUrl}/api/scim/resource/v2`;
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    client = await aScimConnection(app);
  });

  it('B1 answers each operation with what it did, and no resource', async () => {
    const [user, other] = [await create(client, 'Users', aUser()), aUser()];
    const answers = await bulk(client, [
      making('ann', '/Users', aUser({ externalId: 'a' })),
      {
        method: 'PUT',
        path: `/Users/${user.id}`,
        bulkId: 'put',
        data: { ...user, displayName: 'U' },
      },
      {
        method: 'PATCH',
        path: `/Users/${user.id}`,
        data: aPatch({ op: 'replace', path: 'active', value: false }),
      },
      making('staff', '/EnterpriseUsers', other),
      { method: 'DELETE', path: `/Users/${user.id}` },
      { method: 'DELETE', path: `/Users/${user.id}` },
    ]);
    const { ann, staff } = idsOf(answers);
    const location = `${baseUrl}/Users/${user.id}`;

    expect(answers).toEqual([
      {
        method: 'POST',
        bulkId: 'ann',
        status: '201',
        location: `${baseUrl}/Users/${ann}`,
        version: 'W/"1.0"',
      },
      { method: 'PUT', bulkId: 'put', status: '200', location, version: 'W/"2.0"' },
      { method: 'PATCH', status: '200', location, version: 'W/"3.0"' },
      {
        method: 'POST',
        bulkId: 'staff',
        status: '201',
        location: `${baseUrl}/EnterpriseUsers/${staff}`,
        version: 'W/"1.0"',
      },
      { method: 'DELETE', status: '204', location },
      {
        method: 'DELETE',
        status: '404',
        location,
        response: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: '404',
          detail: expect.any(String),
        },
      },
    ]);
    expect(await read(client, `/Users/${ann}`)).toMatchObject({ externalId: 'a' });
    expect((await read(client, '/Users')).totalResults).toBe(2);
  });

  it('B3 finds what the same request makes, in whatever order', async () => {
    const answers = await bulk(client, [
      {
        method: 'PATCH',
        bulkId: 'patch',
        path: '/Groups/bulkId:team',
        data: aPatch(
          { op: 'remove', path: 'members[value eq "bulkId:bob"]' },
          { op: 'add', path: 'members', value: [{ value: 'bulkId:cleo' }] },
        ),
      },
      making('all', '/Groups', holding('team', 'ann')),
      making('team', '/Groups', holding('ann', 'bob')),
      making('ann', '/Users', managedBy('cleo')),
      making('bob', '/Users', aUser()),
      making('cleo', '/Users', aUser({ displayName: 'Cleo' })),
      {
        method: 'PUT',
        bulkId: 'put',
        path: '/Users/bulkId:bob',
        data: managedBy('ann', { displayName: 'Bob' }),
      },
      { method: 'DELETE', bulkId: 'delete', path: '/Groups/bulkId:all' },
    ]);
    const ids = idsOf(answers);
    const members = (await read(client, `/Groups/${ids.team}`)).members;
    const ann = await read(client, `/Users/${ids.ann}`);

    expect(statusesOf(answers)).toEqual({
      ...{ all: '201', team: '201', ann: '201', bob: '201', cleo: '201' },
      ...{ patch: '200', put: '200', delete: '204' },
    });
    expect(members.map(({ value }: { value: string }) => value).sort()).toEqual(
      [ids.ann, ids.cleo].sort(),
    );
    expect(ann[enterpriseUrn].manager).toEqual({
      value: ids.cleo,
      $ref: `${baseUrl}/Users/${ids.cleo}`,
      displayName: 'Cleo',
    });
    expect(await read(client, `/Users/${ids.bob}`)).toMatchObject({
      displayName: 'Bob',
      [enterpriseUrn]: { manager: { value: ids.ann } },
    });
    expect(await everythingIn(client)).not.toContain('bulkId:');
  });

  it('B4 lets two people name each other, and refuses groups in a circle with 409', async () => {
    const answers = await bulk(client, [
      making('ann', '/Users', managedBy('bob')),
      making('bob', '/Users', managedBy('ann')),
      making('eve', '/Users', managedBy('eve')),
      making('a', '/Groups', holding('b', 'ann')),
      making('b', '/Groups', holding('a')),
      making('self', '/Groups', holding('self')),
      making('above', '/Groups', holding('a')),
    ]);
    const ids = idsOf(answers);
    const managerOf = async (id?: string) =>
      (await read(client, `/Users/${id}`))[enterpriseUrn].manager.value;

    expect(statusesOf(answers)).toEqual({
      ...{ ann: '201', bob: '201', eve: '201' },
      ...{ a: '409', b: '409', self: '409', above: '400' },
    });
    expect([await managerOf(ids.ann), await managerOf(ids.bob)]).toEqual([ids.bob, ids.ann]);
    expect(await managerOf(ids.eve)).toBe(ids.eve);
    expect(answers[3]).toEqual(expect.not.objectContaining({ location: expect.anything() }));
    expect((await read(client, '/Groups')).totalResults).toBe(0);
  });

  it('B5 makes nobody who would refer to nobody', async () => {
    const taken = await create(client, 'Users', aUser());
    const before = await everythingIn(client);
    const answers = await bulk(client, [
      making('lost', '/Users', managedBy('nobody')),
      making('taken', '/Users', managedBy('circle', { userName: taken.userName })),
      making('circle', '/Users', managedBy('taken')),
      making('follower', '/Users', managedBy('circle')),
      making('group', '/Groups', holding('circle')),
      making('bad', '/Nothing', aUser()),
      making('text', '/Users', aUser({ displayName: 'bulkId:bad' })),
      { method: 'DELETE', bulkId: 'path', path: '/Users/bulkId:taken' },
      { method: 'GET', bulkId: 'get', path: '/Users' },
    ]);

    expect(statusesOf(answers)).toEqual({
      ...{ lost: '400', taken: '409', circle: '400', follower: '400', group: '400' },
      ...{ bad: '404', text: '400', path: '400', get: '400' },
    });
    expect(answers[1].response).toMatchObject({ status: '409', scimType: 'uniqueness' });
    expect(answers[2].response).toMatchObject({ scimType: 'invalidValue' });
    expect(await everythingIn(client)).toBe(before);
  });

  it('B6 stops after as many errors as are allowed, and keeps what was done', async () => {
    const operations = Array.from({ length: 8 }, (_, n) =>
      n % 2 === 0
        ? making(`${n}`, '/Users', aUser())
        : { method: 'DELETE', bulkId: `${n}`, path: `/Users/${randomUUID()}` },
    );

    const stopped = await bulk(client, operations, { failOnErrors: 2 });
    expect(statusesOf(stopped)).toEqual({ 0: '201', 1: '404', 2: '201', 3: '404' });
    expect((await read(client, '/Users')).totalResults).toBe(2);
    expect(await bulk(client, operations.slice(4), { failOnErrors: 3 })).toHaveLength(4);
  });

  it('B6 has no more errors in the answer than are allowed, also of a circle', async () => {
    const circle = [
      making('a', '/Users', managedBy('b')),
      making('b', '/Users', managedBy('a', { userName: '' })),
    ];

    expect(statusesOf(await bulk(client, circle, { failOnErrors: 1 }))).toEqual({ b: '400' });
    expect(statusesOf(await bulk(client, circle))).toEqual({ a: '400', b: '400' });
    expect((await read(client, '/Users')).totalResults).toBe(0);
  });

  it('B7 S15 answers 413 to more operations or bytes than are announced', async () => {
    const { bulk: limits } = await read(client, '/ServiceProviderConfig');
    const remove = { method: 'DELETE', path: '/Users/1' };
    const operations = Array.from({ length: limits.maxOperations }, () => remove);
    const padding = ' '.repeat(limits.maxPayloadSize);

    expect(limits).toEqual({ supported: true, maxOperations: 1_000, maxPayloadSize: 16_777_216 });
    expect(await bulk(client, operations)).toHaveLength(1_000);
    expectScimError(await client.scim('POST', '/Bulk', aBulk([...operations, remove])), 413);
    const text = JSON.stringify(aBulk([remove]));
    const most = text + padding.slice(text.length);
    expect(await client.scim('POST', '/Bulk', most)).toMatchObject({ status: 200 });
    expectScimError(await client.scim('POST', '/Bulk', `${most} `), 413);
  });

  it('B8 S14 undoes what fails, whole, and nothing else', async () => {
    const many = Array.from({ length: 150 }, (_, n) =>
      making(`${n}`, '/Users', aUser({ userName: n % 50 === 49 ? 'same' : `user-${n}` })),
    );
    const group = await create(client, 'Groups', aGroup());
    const answers = await bulk(client, [
      ...many,
      {
        method: 'PATCH',
        bulkId: 'patch',
        path: `/Groups/${group.id}`,
        data: aPatch(
          { op: 'replace', path: 'displayName', value: 'changed' },
          { op: 'add', path: 'members', value: [{ value: 'bulkId:0' }] },
          { op: 'add', path: 'members', value: [{ value: randomUUID() }] },
        ),
      },
      making('last', '/Users', aUser()),
    ]);
    const failed = Object.entries(statusesOf(answers)).filter(([, status]) => status !== '201');

    expect(failed).toEqual([
      ['99', '409'],
      ['149', '409'],
      ['patch', '400'],
    ]);
    expect(await read(client, `/Groups/${group.id}`)).toEqual(group);
    expect((await read(client, '/Users?count=1')).totalResults).toBe(149);
  });

  it('S13 S15 asks for the permission of each operation', async () => {
    const none = await aScimConnection(app);
    const narrow = await withPermissions(app, none, ['scim:user:create', 'scim:group:update']);
    const user = await create(none, 'Users', aUser());
    const group = await create(none, 'Groups', aGroup());
    const before = await everythingIn(none);
    const answers = await bulk(narrow, [
      making('user', '/Users', aUser({ userName: 'new' })),
      making('staff', '/EnterpriseUsers', aUser()),
      making('group', '/Groups', holding('user')),
      { method: 'PUT', bulkId: 'put', path: `/Users/${user.id}`, data: aUser() },
      { method: 'DELETE', bulkId: 'delete', path: '/Users/bulkId:user' },
      {
        method: 'PATCH',
        bulkId: 'patch',
        path: `/Groups/${group.id}`,
        data: aPatch({ op: 'replace', path: 'displayName', value: 'new' }),
      },
    ]);

    expect(statusesOf(answers)).toEqual({
      ...{ user: '201', staff: '403', group: '403' },
      ...{ put: '403', delete: '403', patch: '200' },
    });
    const reader = await withPermissions(app, none, ['scim:user:read']);
    const refused = await bulk(reader, [making('user', '/Users', aUser({ password: 'secret' }))]);
    expect(refused).toMatchObject([{ status: '403', response: { status: '403' } }]);
    expect(await everythingIn(none)).not.toBe(before);
    expect((await read(none, '/Users')).totalResults).toBe(2);
  });

  it('B10 S14 checks the version of an operation', async () => {
    const [user, group] = [
      await create(client, 'Users', aUser()),
      await create(client, 'Groups', aGroup()),
    ];
    const patch = (version: string) => ({
      method: 'PATCH',
      path: `/Users/${user.id}`,
      version,
      data: aPatch({ op: 'replace', path: 'displayName', value: version }),
    });
    const answers = await bulk(client, [
      patch('W/"7.0"'),
      patch(user.meta.version),
      patch(user.meta.version),
      { method: 'PUT', path: `/Groups/${group.id}`, version: 'W/"9"', data: aGroup() },
      { method: 'DELETE', path: `/Groups/${group.id}`, version: 'W/"9"' },
      { method: 'DELETE', path: `/Users/${user.id}`, version: user.meta.version },
      { method: 'DELETE', path: `/Groups/${group.id}`, version: group.meta.version },
    ]);

    expect(answers.map(({ status }: { status: string }) => status)).toEqual([
      ...['412', '200', '412', '412', '412', '412', '204'],
    ]);
    expect(await read(client, `/Users/${user.id}`)).toMatchObject({
      displayName: user.meta.version,
    });
  });

  it('sets passwords, and tells the operation whose password is refused', async () => {
    const user = await create(client, 'Users', aUser());
    const answers = await bulk(client, [
      making('a', '/Users', aUser({ PASSWORD: 'first' })),
      making('b', '/Users', aUser({ password: 'x'.repeat(5_000) })),
      {
        method: 'PATCH',
        bulkId: 'c',
        path: `/Users/${user.id}`,
        data: aPatch({ op: 'add', path: `${userUrn}:password`, value: 'second' }),
      },
      making('d', '/Groups', aGroup({ password: 'no password of a group' })),
    ]);

    expect(statusesOf(answers)).toEqual({ a: '201', b: '400', c: '200', d: '201' });
    expect(await everythingIn(client)).not.toMatch(/first|second|xxx/);
  });

  it.each([
    ['a list', []],
    ['other schemas', { ...aBulk([]), schemas: [userUrn] }],
    ['no operations', aBulk([])],
    ['operations that are no list', { ...aBulk([]), Operations: {} }],
  ])('P12 refuses the whole of %s', async (_, body) => {
    expectScimError(await client.scim('POST', '/Bulk', body), 400, 'invalidSyntax');
  });

  it('refuses failOnErrors that is no count', async () => {
    const body = aBulk([{}], { failOnErrors: 0 });

    expectScimError(await client.scim('POST', '/Bulk', body), 400, 'invalidValue');
  });

  it('has POST only, and no Bulk inside a Bulk', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.scim(method, '/Bulk', method === 'GET' ? undefined : {});
      expectScimError(answer, 405);
      expect(answer.headers.get('allow')).toBe('POST');
    }
    const answers = await bulk(client, [
      making('bulk', '/Bulk', aBulk([])),
      making('me', '/Me', aUser()),
      { method: 'PUT', bulkId: 'config', path: '/Schemas/x', data: {} },
      { method: 'PUT', bulkId: 'search', path: '/Users/.search', data: {} },
    ]);
    expect(statusesOf(answers)).toEqual({ bulk: '404', me: '501', config: '405', search: '405' });
  });

  it('answers 401 without a token', async () => {
    const answer = await app.request('POST', '/api/scim/resource/v2/Bulk', {
      key: null,
      body: aBulk([]),
    });

    expectScimError(answer, 401);
  });

  it('does not reach into another tenant', async () => {
    const other = await aScimConnection(app);
    const theirs = await create(other, 'Users', aUser());
    const before = await everythingIn(other);
    const answers = await bulk(client, [
      { method: 'DELETE', path: `/Users/${theirs.id}` },
      making('group', '/Groups', aGroup({ members: [{ value: theirs.id }] })),
      { method: 'PUT', path: `/Users/${theirs.id}`, data: aUser() },
    ]);

    expect(answers.map(({ status }: { status: string }) => status)).toEqual(['404', '400', '404']);
    expect(await everythingIn(other)).toBe(before);
  });

  it('goes on beside other requests and other Bulks for the same people', async () => {
    const users = await inLanes(6, () => create(client, 'Users', aUser()));
    const groups = await inLanes(2, () => create(client, 'Groups', aGroup()));
    const answers = await inLanes(12, async (n) => {
      const [user, group] = [users[n % 6], groups[n % 2]];
      const add = aPatch({ op: 'add', path: 'members', value: [{ value: user.id }] });
      const rename = aPatch({ op: 'replace', path: 'displayName', value: `name ${n}` });
      if (n % 3 === 0) return client.scim('PATCH', `/Groups/${group.id}`, add);
      if (n % 6 === 1) return client.scim('POST', '/Users', aUser({ userName: `shared-${n % 4}` }));
      if (n % 6 === 4) return client.scim('PATCH', `/Users/${user.id}`, rename);
      const operations = users.flatMap((_, k) => {
        const [one, other] = [users[(k + n) % 6], groups[(k + n) % 2]];
        return [
          { method: 'PATCH', path: `/Users/${one.id}`, data: rename },
          making(`${k}`, '/Users', aUser({ userName: `shared-${(k + n) % 6}` })),
          { method: 'PATCH', path: `/Groups/${other.id}`, data: add },
        ];
      });
      return client.scim('POST', '/Bulk', aBulk(operations));
    });
    const statuses = answers.flatMap(({ status, body }) => [
      status,
      ...(body?.Operations ?? []).map((one: { status: string }) => Number(one.status)),
    ]);

    expect([...new Set(statuses)].filter((status) => status >= 500)).toEqual([]);
    const shared = await read(client, '/Users?count=200');
    expect(shared.totalResults).toBe(12);
    expect(shared.Resources).toHaveLength(12);
  });
});

/** The same client with a token for less. */
async function withPermissions(
  app: TestApp,
  connection: TestScimConnection,
  permissions: readonly string[],
): Promise<TestScimConnection> {
  const scope = `target-entity:${connection.serverEntityId}:${permissions.join(',')}`;
  const basic = Buffer.from(`${connection.clientId}:${connection.clientSecret}`).toString('base64');
  const answer = await app.request('POST', '/oauth2/token', {
    key: null,
    body: `grant_type=client_credentials&scope=${encodeURIComponent(scope)}`,
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  expect(answer).toMatchObject({ status: 200 });
  const authorization = `Bearer ${answer.body.access_token}`;
  return {
    ...connection,
    scim: (method, path, body, headers = {}) =>
      connection.scim(method, path, body, { ...headers, authorization }),
  };
}
