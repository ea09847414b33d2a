import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { GrantService } from '../../src/entities/grant.service.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
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
  listPath,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const scimJson = /^application\/scim\+json(;\s*charset=utf-8)?$/i;
const base = '/api/scim/resource/v2';
const xsdDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

chapter('the protocol', (server) => {
  sentence('P1', async () => {
    for (const type of [
      'application/scim+json',
      'application/scim+json; charset=utf-8',
      'application/scim+json;charset=UTF-8',
      'Application/SCIM+JSON',
    ]) {
      const answer = await post(aUser({ title: 'é😀' }), { 'content-type': type });
      expect([type, answer.status, answer.body.title]).toEqual([type, 201, 'é😀']);
    }
  });

  sentence('P2', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8']) {
      const answer = await post(aUser({ title: 'é😀' }), { 'content-type': type });
      expect([type, answer.status, answer.body.title]).toEqual([type, 201, 'é😀']);
    }
  });

  sentence('P3', async () => {
    for (const accept of [
      'application/scim+json',
      'application/json',
      '*/*',
      'application/xml, application/json;q=0.5',
      'text/html',
    ]) {
      const answer = await server.client.scim('GET', '/Users?count=1', undefined, { accept });
      expect([accept, answer.status]).toEqual([accept, 200]);
      expect(answer.headers.get('content-type')).toMatch(scimJson);
    }
  });

  sentence('P4', async () => {
    const { id } = await create(server.client, 'Users', aUser());
    const answers = await Promise.all([
      server.client.scim('GET', '/Users?count=1'),
      server.client.scim('GET', `/Users/${id}`),
      server.client.scim('PUT', `/Users/${id}`, aUser()),
      server.client.scim('PATCH', `/Users/${id}`, aPatch({ op: 'add', value: { title: 'x' } })),
      server.client.scim('POST', '/Users/.search', aSearch({ count: 1 })),
      server.client.scim('GET', '/ServiceProviderConfig'),
      server.client.scim('GET', '/Users/nobody'),
      server.client.scim('GET', '/Nothing'),
      server.client.scim('POST', '/Users', '{'),
      server.client.scim('DELETE', '/Users'),
      server.client.scim('GET', '/Users', undefined, { authorization: 'Bearer wrong' }),
      post(aUser(), { 'content-type': 'text/plain' }),
    ]);

    for (const { status, headers } of answers) {
      expect([status, headers.get('content-type')]).toEqual([
        status,
        expect.stringMatching(scimJson),
      ]);
    }
  });

  sentence('P5', async () => {
    const texts = ['Zoë Ångström', '李小龙', 'עברית', '👩‍👩‍👧', 'e\u0301', 'ﬁ'];
    for (const text of texts) {
      const userName = `${text}-${randomUUID()}`;
      const made = await create(server.client, 'Users', aUser({ userName, nickName: text }));
      expect(await read(server.client, `/Users/${made.id}`)).toMatchObject({
        userName,
        nickName: text,
      });
      const filter = `nickName eq ${JSON.stringify(text)} and userName sw ${JSON.stringify(text)}`;
      expect(await found(server.client, 'Users', filter)).toContain(userName);
    }
    for (const broken of ['a\\u0000b', '\\ud83d', '\\ude00\\ud83d']) {
      const body = `{"schemas":["${userUrn}"],"userName":"x","title":"${broken}"}`;
      expectScimError(await server.client.scim('POST', '/Users', body), 400, 'invalidSyntax');
    }
  });

  sentence('P6', async () => {
    const userName = randomUUID();
    const made = await create(server.client, 'Users', {
      SCHEMAS: [userUrn],
      USERNAME: userName,
      Name: { FAMILYNAME: 'Lee' },
      emails: [{ VALUE: `${userName}@x.test`, Type: 'work' }],
    });
    const patched = await server.client.scim('PATCH', `/Users/${made.id}`, {
      SCHEMAS: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      operations: [{ OP: 'add', Path: 'NAME.givenname', VALUE: 'Ann' }],
    });

    expect(made).toMatchObject({
      schemas: [userUrn],
      userName,
      name: { familyName: 'Lee' },
      emails: [{ value: `${userName}@x.test`, type: 'work' }],
    });
    expect(patched.body.name).toEqual({ familyName: 'Lee', givenName: 'Ann' });
    expect(await found(server.client, 'Users', `USERNAME eq "${userName}"`)).toEqual([userName]);
    const shown = await read(server.client, `/Users/${made.id}?attributes=NAME.FAMILYNAME`);
    expect(shown.name).toEqual({ familyName: 'Lee' });
  });

  sentence('P7', async () => {
    const upper = { user: userUrn.toUpperCase(), enterprise: enterpriseUrn.toUpperCase() };
    const made = await create(server.client, 'Users', {
      ...aUser({ [upper.enterprise]: { department: 'd7' } }),
      schemas: [upper.user, upper.enterprise],
    });

    expect(made).toMatchObject({
      schemas: [userUrn, enterpriseUrn],
      [enterpriseUrn]: { department: 'd7' },
    });
    const byFilter = await found(server.client, 'Users', `${upper.enterprise}:department eq "d7"`);
    expect(byFilter).toEqual([made.userName]);
    const shown = await read(
      server.client,
      `/Users/${made.id}?attributes=${upper.enterprise}:department`,
    );
    expect(shown[enterpriseUrn]).toEqual({ department: 'd7' });
  });

  sentence('P8', async () => {
    const full = {
      title: 'x',
      name: { givenName: 'A' },
      emails: [{ value: 'a@x.test' }],
      roles: [{ value: 'r' }],
    };
    for (const empty of [null, []]) {
      const nothing = { title: empty, name: empty, emails: empty, roles: empty };
      const made = await create(server.client, 'Users', aUser(nothing));
      const filled = await create(server.client, 'Users', {
        ...aUser(full),
        emails: [{ value: `${randomUUID()}@x.test` }],
      });
      const put = await server.client.scim('PUT', `/Users/${filled.id}`, { ...filled, ...nothing });
      for (const body of [made, put.body]) {
        for (const name of Object.keys(nothing)) expect(body).not.toHaveProperty(name);
      }
    }
    const made = await create(server.client, 'Users', aUser({ name: { givenName: null } }));
    expect(made).not.toHaveProperty('name');
  });

  sentence('P9', async () => {
    const made = await create(server.client, 'Users', aUser({ title: null, emails: [] }));
    const { text } = await server.client.scim('GET', `/Users/${made.id}`);

    expect(Object.keys(JSON.parse(text)).toSorted()).toEqual([
      'active',
      'id',
      'meta',
      'schemas',
      'userName',
    ]);
    expect(text).not.toContain('null');
  });

  sentence('P10', async () => {
    const unknown = { shoeSize: 42, name: { givenName: 'A', nickname: 'B' }, 'a.b': 1 };
    const made = await create(server.client, 'Users', aUser(unknown));
    const put = await server.client.scim('PUT', `/Users/${made.id}`, { ...made, ...unknown });
    const group = await create(server.client, 'Groups', aGroup({ shoeSize: 42 }));

    for (const body of [made, put.body]) {
      expect(body.name).toEqual({ givenName: 'A' });
      expect(body).not.toHaveProperty('shoeSize');
      expect(Object.keys(body)).not.toContain('a.b');
    }
    expect(group).not.toHaveProperty('shoeSize');
  });

  sentence('P11', async () => {
    const group = await create(server.client, 'Groups', aGroup());
    const lies = {
      id: randomUUID(),
      meta: { resourceType: 'Lie', created: '1999-01-01T00:00:00Z', location: 'https://x.test' },
      groups: [{ value: group.id }],
    };
    const made = await create(server.client, 'Users', aUser(lies));
    const put = await server.client.scim('PUT', `/Users/${made.id}`, {
      ...made,
      ...lies,
      groups: 'all',
    });

    for (const body of [made, put.body]) {
      expect(body).not.toHaveProperty('groups');
      expect(body.id).not.toBe(lies.id);
      expect(body.meta).toMatchObject({ resourceType: 'User' });
      expect(body.meta.created > '2020').toBe(true);
    }
    expect((await read(server.client, `/Groups/${group.id}`)).members).toEqual([]);
  });

  sentence('P12', async () => {
    const { client } = server;
    const made = await create(client, 'Users', aUser());
    const path = `/Users/${made.id}`;
    const requests: [string, string, object][] = [
      ['POST', '/Users', aUser()],
      ['POST', '/Groups', aGroup()],
      ['PUT', path, aUser()],
      ['PATCH', path, aPatch({ op: 'add', path: 'title', value: 'x' })],
      ['POST', '/Users/.search', aSearch({})],
    ];
    const wrong = [null, [], 'x', 7, {}, ['urn:x:y'], [enterpriseUrn], [7]];
    const before = await everythingIn(client);

    for (const [method, at, body] of requests) {
      for (const schemas of wrong) {
        const answer = await client.scim(method, at, { ...body, schemas });
        expectScimError(answer, 400, 'invalidSyntax');
      }
    }
    expect(await everythingIn(client)).toBe(before);
    for (const [method, at, body] of requests) {
      const answer = await client.scim(method, at, { ...body, schemas: undefined });
      expect([200, 201]).toContain(answer.status);
    }
  });

  sentence('P13', async () => {
    const made = await create(server.client, 'Users', aUser({ id: 'bulkId' }));
    const { id, userName } = made;
    const put = await server.client.scim('PUT', `/Users/${id}`, aUser({ id: 'other' }));
    const other = await create(server.client, 'Users', aUser());
    await server.client.scim('DELETE', `/Users/${id}`);
    const again = await create(server.client, 'Users', aUser({ userName, id }));

    expect(id).toMatch(/\S/);
    expect(put.body.id).toBe(id);
    expect(new Set([id, other.id, again.id, 'bulkId', 'other']).size).toBe(5);
    expectScimError(await server.client.scim('GET', `/Users/${id}`), 404);
  });

  sentence('P14', async () => {
    const { id } = await create(server.client, 'Users', aUser());
    for (const odd of [
      'nobody',
      '0',
      '-1',
      '%F0%9F%98%80',
      'a%20b',
      'bulkId',
      'bulkId%3Ax',
      'urn%3Auuid%3A1',
      '%27%20or%201%3D1--',
      id.toUpperCase() === id ? `${id}0` : id.toUpperCase(),
      'x'.repeat(500),
    ]) {
      for (const endpoint of ['Users', 'Groups']) {
        for (const method of ['GET', 'DELETE']) {
          const answer = await server.client.scim(method, `/${endpoint}/${odd}`);
          expect([odd, answer.status]).toEqual([odd, 404]);
          expectScimError(answer, 404);
        }
      }
    }
  });

  sentence('P15', async () => {
    const { id, userName } = await create(server.client, 'Users', aUser());
    const group = await create(server.client, 'Groups', aGroup());
    for (const query of [
      'attributes=userName,displayName',
      'attributes=nothing',
      'excludedAttributes=id',
      'excludedAttributes=ID,meta,schemas',
    ]) {
      expect((await read(server.client, `/Users/${id}?${query}`)).id).toBe(id);
      expect((await read(server.client, `/Groups/${group.id}?${query}`)).id).toBe(group.id);
      const filter = encodeURIComponent(`userName eq "${userName}"`);
      const list = await read(server.client, `/Users?${query}&filter=${filter}`);
      expect(list.Resources).toEqual([expect.objectContaining({ id })]);
    }
  });

  sentence('P16', async () => {
    const meta = {
      resourceType: 'Printer',
      created: '1999-01-01T00:00:00Z',
      lastModified: '1999-01-01T00:00:00Z',
      location: 'https://elsewhere.test/Users/1',
      version: 'W/"999"',
    };
    const user = await create(server.client, 'Users', aUser({ meta }));
    const put = await server.client.scim('PUT', `/Users/${user.id}`, { ...user, title: 'x', meta });
    const group = await create(server.client, 'Groups', aGroup({ meta }));

    for (const [body, resourceType] of [
      [user, 'User'],
      [put.body, 'User'],
      [group, 'Group'],
    ] as const) {
      expect(body.meta).toMatchObject({
        resourceType,
        location: expect.stringContaining(`/${resourceType}s/${body.id}`),
      });
      for (const lie of Object.values(meta)) expect(Object.values(body.meta)).not.toContain(lie);
    }
  });

  sentence('P17', async () => {
    const user = await create(server.client, 'Users', aUser());
    const group = await create(server.client, 'Groups', aGroup());
    for (const [path, made] of [
      [`/Users/${user.id}`, user],
      [`/Groups/${group.id}`, group],
    ] as const) {
      await pause();
      const seen = await read(server.client, path);
      await server.client.scim('PUT', path, seen);
      const still = await read(server.client, path);
      await server.client.scim('PATCH', path, aPatch({ op: 'add', value: { externalId: 'e17' } }));
      const moved = await read(server.client, path);

      expect([seen.meta, still.meta]).toEqual([made.meta, made.meta]);
      expect(moved.meta.created).toBe(made.meta.created);
      expect(Date.parse(moved.meta.lastModified)).toBeGreaterThan(
        Date.parse(made.meta.lastModified),
      );
    }
  });

  sentence('P18', async () => {
    const started = Date.now();
    const user = await create(server.client, 'Users', aUser());
    const group = await create(server.client, 'Groups', aGroup());

    for (const { meta } of [user, group]) {
      for (const time of [meta.created, meta.lastModified]) {
        expect(time).toMatch(xsdDateTime);
        expect(Math.abs(Date.parse(time) - started)).toBeLessThan(60_000);
      }
    }
  });

  sentence('P19', async () => {
    for (const [endpoint, body] of [
      ['Users', aUser()],
      ['EnterpriseUsers', aUser()],
      ['Groups', aGroup()],
    ] as const) {
      const answer = await server.client.scim('POST', `/${endpoint}`, body);
      const { location } = answer.body.meta;
      expect(answer.headers.get('location')).toBe(location);
      expect(new URL(location).origin).toBe(server.app.configuration.publicUrl);
      const path = new URL(location).pathname.slice(base.length);
      expect(await read(server.client, path)).toEqual(answer.body);
    }
  });

  sentence('P20', async () => {
    const answer = await fetch(`${server.app.url}${base}/Users?count=0`, {
      headers: { authorization: `Bearer ${server.client.token}` },
    });

    expect(answer.status).toBe(200);
    expect(new URL(server.client.baseUrl).pathname).toMatch(/\/v2$/);
  });

  sentence('P21', async () => {
    const own = await aScimConnection(server.app);
    const credentials = [
      '',
      'Bearer',
      'Bearer wrong',
      `Bearer ${own.token}x`,
      'Basic YTpi',
      own.token,
    ];
    for (const authorization of credentials) {
      for (const [method, path] of [
        ['GET', '/Users'],
        ['GET', '/ServiceProviderConfig'],
        ['DELETE', '/Users/x'],
        ['GET', '/Nothing'],
      ] as const) {
        const answer = await own.scim(method, path, undefined, { authorization });
        expectScimError(answer, 401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
      }
    }

    await server.app
      .get(GrantService)
      .save(tenantContext(testContext, own.tenantId), own.serverEntityId, {
        recipient: { entityId: own.clientEntityId },
        permissions: ['scim:user:read'],
        data: {},
      });
    expect((await own.scim('GET', '/Users')).status).toBe(200);
    expectScimError(await own.scim('GET', '/Groups'), 403);
    expectScimError(await own.scim('POST', '/Users', aUser()), 403);
  });

  sentence('P22', async () => {
    for (const name of ['access_token', 'token', 'bearer_token', 'authorization']) {
      const answer = await server.app.request(
        'GET',
        `${base}/Users?${name}=${server.client.token}`,
        { key: null },
      );
      expectScimError(answer, 401);
    }
  });

  sentence('P23', async () => {
    for (const path of ['/Nothing', '/users', '/Users/a/b', '/Schemas/a/b', '/constructor/x']) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : aUser();
        expectScimError(await server.client.scim(method, path, body), 404);
      }
    }
  });

  sentence('P24', async () => {
    const mine = await aScimConnection(server.app);
    const theirs = await aScimConnection(server.app);
    const user = await create(theirs, 'Users', aUser({ displayName: 'marker' }));
    const group = await create(theirs, 'Groups', aGroup({ members: [{ value: user.id }] }));
    const own = await create(mine, 'Groups', aGroup());
    const before = await everythingIn(theirs);

    for (const path of [
      `/Users/${user.id}`,
      `/EnterpriseUsers/${user.id}`,
      `/Groups/${group.id}`,
    ]) {
      const body = path.startsWith('/Groups') ? aGroup() : aUser();
      expectScimError(await mine.scim('GET', path), 404);
      expectScimError(await mine.scim('PUT', path, body), 404);
      const patch = aPatch({ op: 'add', value: { externalId: 'x' } });
      expectScimError(await mine.scim('PATCH', path, patch), 404);
      expectScimError(await mine.scim('DELETE', path), 404);
    }
    const filter = `id eq "${user.id}" or displayName eq "marker"`;
    expect((await read(mine, listPath('Users', { filter }))).totalResults).toBe(0);
    const adopt = aPatch({ op: 'add', path: 'members', value: [{ value: user.id }] });
    expectScimError(await mine.scim('PATCH', `/Groups/${own.id}`, adopt), 400, 'invalidValue');
    const named = await create(
      mine,
      'Users',
      aUser({ [enterpriseUrn]: { manager: { value: user.id } } }),
    );
    expect(named[enterpriseUrn]).toEqual({ manager: { value: user.id } });
    expect(await everythingIn(theirs)).toBe(before);
  });

  function post(body: object, headers: Readonly<Record<string, string>>): Promise<ScimBody> {
    return server.client.scim('POST', '/Users', body, headers);
  }
});

/** Long enough for the millisecond of lastModified to be another one. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
