import { beforeAll, expect } from '@jest/globals';
import { EntityService } from '../../src/entities/entity.service.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { TokenService } from '../../src/tokens/token.service.js';
import type { TestResponse } from '../support/app.js';
import {
  aGroup,
  aSearch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  listPath,
  listUrn,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

type Query = Readonly<Record<string, string | number>>;

const names = ['delta', 'Alpha', 'echo', 'Bravo', 'Charlie', 'foxtrot', 'alpha'];
const userNames = names.map((name, n) => `${name}${n}`);

chapter('root queries', (server) => {
  let users: ScimBody[];
  let groups: ScimBody[];

  beforeAll(async () => {
    const { client } = server;
    for (const [n, displayName] of names.entries()) {
      const person = {
        userName: userNames[n],
        ...(n % 2 === 0 ? { displayName } : {}),
        ...(n === 3 ? { [enterpriseUrn]: { department: 'd' } } : {}),
      };
      await create(client, n === 3 ? 'EnterpriseUsers' : 'Users', aUser(person));
    }
    const [first] = (await read(client, '/Users')).Resources;
    for (const displayName of ['golf', 'ALFA', 'Brava', 'delta', 'echo x'])
      await create(client, 'Groups', aGroup({ displayName, members: [{ value: first.id }] }));
    users = (await read(client, '/Users')).Resources;
    groups = (await read(client, '/Groups')).Resources;
  });

  const idsOf = (resources: readonly ScimBody[]): string[] => resources.map(({ id }) => id);
  const ask = async (query: Query): Promise<ScimBody> => read(server.client, listPath('', query));
  const post = (query: object): Promise<TestResponse> =>
    server.client.scim('POST', '/.search', aSearch(query));
  const found = async (filter: string): Promise<string[]> => {
    const body = await ask({ filter });
    expect(body.totalResults).toBe(body.Resources.length);
    return idsOf(body.Resources);
  };

  /** A token of the client's with those permissions and no others. */
  async function scimWith(permissions: readonly string[]) {
    const { client, app } = server;
    const context = tenantContext(testContext, client.tenantId);
    const entity = await app.get(EntityService).get(context, client.clientEntityId);
    const scope = `target-entity:${client.serverEntityId}:${permissions.join(',')}`;
    const issued = await app
      .get(TokenService)
      .issue(context, entity, scope, { lifetimeSeconds: 600 });
    return (path: string) =>
      client.scim('GET', path, undefined, { authorization: `Bearer ${issued.accessToken}` });
  }

  sentence('R9', async () => {
    for (const path of ['', '/', '?count=100']) {
      expect(await read(server.client, path)).toEqual({
        schemas: [listUrn],
        totalResults: users.length + groups.length,
        startIndex: 1,
        itemsPerPage: users.length + groups.length,
        Resources: [...users, ...groups],
      });
    }
  });

  sentence('R9', 'what a type lacks is absent from it', async () => {
    const withName = users.filter(({ displayName }) => displayName !== undefined);
    const without = users.filter(({ displayName }) => displayName === undefined);
    const all = [...users, ...groups];
    for (const [filter, expected] of [
      ['userName pr', users],
      ['members pr', groups],
      ['displayName pr', [...withName, ...groups]],
      ['not (displayName pr)', without],
      ['userName ne "delta0"', [...users.slice(1), ...groups]],
      ['not (userName eq "delta0")', [...users.slice(1), ...groups]],
      ['members eq null', users],
      ['userName ne null', users],
      ['userName eq null', groups],
      ['userName gt "zzz" or displayName eq "golf"', groups.slice(0, 1)],
      ['not (emails[type eq "work"])', all],
      [`${groupUrn}:displayName eq "DELTA"`, [groups[3]]],
      ['displayName eq "delta"', [users[0], groups[3]]],
      [`members[value eq "${users[0].id}"] and displayName sw "b"`, [groups[2]]],
      [`id eq "${groups[1].id}" or id eq "${users[4].id}"`, [users[4], groups[1]]],
      ['meta.created pr', all],
    ] as const)
      expect({ filter, ids: await found(filter) }).toEqual({ filter, ids: idsOf([...expected]) });
  });

  sentence('R9', 'what no type knows is refused', async () => {
    for (const filter of [
      'nothing pr',
      'password eq "x"',
      'displayName eq 5',
      'userName co',
      'userName zz "x"',
    ])
      expectScimError(
        await server.client.scim('GET', listPath('', { filter })),
        400,
        'invalidFilter',
      );
    for (const sortBy of ['nothing', 'password', 'members', 'groups', 'name'])
      expectScimError(
        await server.client.scim('GET', listPath('', { sortBy })),
        400,
        'invalidValue',
      );
  });

  sentence('R9', 'page by page, by index and by cursor, in every order', async () => {
    const many = users.length + groups.length;
    const walks: readonly { readonly sort: Query; readonly counts: readonly number[] }[] = [
      { sort: {}, counts: [2, users.length, 5] },
      { sort: { sortBy: 'displayName' }, counts: [1] },
      { sort: { sortBy: 'displayName', sortOrder: 'descending' }, counts: [4] },
      { sort: { sortBy: 'userName', sortOrder: 'descending' }, counts: [5] },
      { sort: { sortBy: 'externalId' }, counts: [5] },
      { sort: { sortBy: 'meta.created', sortOrder: 'descending' }, counts: [5] },
      { sort: { sortBy: 'active' }, counts: [4] },
    ];
    for (const { sort, counts } of walks) {
      for (const filter of [{}, { filter: 'displayName pr' }]) {
        const query = { ...sort, ...filter };
        const whole = await ask(query);
        for (const count of counts) {
          const paged: string[] = [];
          for (let startIndex = 1; startIndex <= many; startIndex += count) {
            const page = await ask({ ...query, startIndex, count });
            expect(page.totalResults).toBe(whole.totalResults);
            paged.push(...idsOf(page.Resources));
          }
          const walked: string[] = [];
          let cursor: string | undefined = '';
          while (cursor !== undefined) {
            const page = await ask({ ...query, cursor, count });
            expect(page.totalResults).toBe(whole.totalResults);
            walked.push(...idsOf(page.Resources));
            cursor = page.nextCursor;
            expect(walked.length).toBeLessThanOrEqual(many);
          }
          expect([paged, walked]).toEqual([idsOf(whole.Resources), idsOf(whole.Resources)]);
        }
      }
    }
  });

  sentence('R9', 'sorted as one list, absent values last or first', async () => {
    const named = [...users, ...groups].filter(({ displayName }) => displayName !== undefined);
    const nameless = users.filter(({ displayName }) => displayName === undefined);
    const key = ({ displayName }: ScimBody) => displayName.toLowerCase();
    const sorted = [...named].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    const { Resources: up } = await ask({ sortBy: 'displayName' });
    const { Resources: down } = await ask({ sortBy: 'displayName', sortOrder: 'descending' });

    expect(idsOf(up)).toEqual(idsOf([...sorted, ...nameless]));
    expect(down.map(({ displayName }: ScimBody) => displayName?.toLowerCase())).toEqual([
      ...nameless.map(() => undefined),
      ...sorted.map(key).reverse(),
    ]);
    expect(idsOf((await ask({ sortBy: 'userName' })).Resources).slice(users.length)).toEqual(
      idsOf(groups),
    );
  });

  sentence('R9', 'a type that the caller may not read is left out', async () => {
    const onlyUsers = await scimWith(['scim:user:read', 'scim:group:update']);
    const onlyGroups = await scimWith(['scim:group:read', 'scim:enterprise:user:read']);
    const neither = await scimWith(['scim:user:create', 'scim:enterprise:user:read']);
    const both = await scimWith(['scim:user:read', 'scim:group:read']);

    for (const query of ['', '?sortBy=displayName']) {
      const people = (await onlyUsers(query)).body;
      const teams = (await onlyGroups(query)).body;
      expect(people.totalResults).toBe(users.length);
      expect(idsOf(people.Resources).sort()).toEqual(idsOf(users).sort());
      expect(teams.totalResults).toBe(groups.length);
      expect(idsOf(teams.Resources).sort()).toEqual(idsOf(groups).sort());
      expectScimError(await neither(query), 403);
    }
    expect((await onlyUsers('?filter=members%20pr')).body.totalResults).toBe(0);
    const { nextCursor: cursor } = (await both('?cursor&count=2')).body;
    const other = await onlyUsers(listPath('', { cursor, count: 2 }));
    expectScimError(other, 400, 'invalidCursor');
  });

  sentence('R9', 'projections apply to each type, and a person is there once', async () => {
    const { Resources } = await ask({ attributes: 'userName,displayName,meta.resourceType' });

    expect(Resources).toHaveLength(users.length + groups.length);
    expect(Resources[3]).toEqual({
      schemas: [userUrn, enterpriseUrn],
      id: users[3].id,
      userName: userNames[3],
      meta: { resourceType: 'User' },
    });
    expect(Resources.at(-1)).toEqual({
      schemas: [groupUrn],
      id: groups.at(-1).id,
      displayName: 'echo x',
      meta: { resourceType: 'Group' },
    });
    const slim = await ask({ excludedAttributes: 'members' });
    for (const resource of slim.Resources) expect(resource).not.toHaveProperty('members');
  });

  sentence('R9', 'not in another tenant', async () => {
    const stranger = await aScimConnection(server.app);

    for (const path of ['', '?sortBy=id', '?filter=id%20pr', '?cursor'])
      expect(await read(stranger, path)).toMatchObject({ totalResults: 0, Resources: [] });
  });

  sentence('R10', async () => {
    for (const method of ['GET', 'HEAD'])
      expect((await server.client.scim(method, '')).status).toBe(200);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await server.client.scim(
        method,
        '',
        method === 'DELETE' ? undefined : aUser(),
      );
      expectScimError(answer, 405);
      expect(answer.headers.get('allow')).toBe('GET');
    }
  });

  sentence('Q2', async () => {
    const answer = await post({ filter: 'displayName sw "b"', sortBy: 'displayName', count: 5 });

    expect(answer).toMatchObject({ status: 200, body: { schemas: [listUrn], startIndex: 1 } });
    expect(answer.body.Resources.map(({ displayName }: ScimBody) => displayName)).toEqual([
      'Brava',
    ]);
    expectScimError(
      await server.client.scim('POST', '/.search', { schemas: [userUrn] }),
      400,
      'invalidSyntax',
    );
    for (const query of [
      {},
      { startIndex: 3, count: 4 },
      { sortBy: 'id', count: 3 },
      { filter: 'userName pr' },
    ])
      expect((await post(query)).body).toEqual(await ask(query));
    expect((await post({ attributes: ['userName'], cursor: '', count: 2 })).body).toMatchObject({
      nextCursor: expect.any(String),
      itemsPerPage: 2,
    });
  });

  sentence('F31', async () => {
    const enterprise = users.slice(3, 4);
    for (const [filter, expected] of [
      [`schemas eq "${userUrn}"`, users],
      [`schemas eq "${userUrn.toUpperCase()}"`, users],
      [`schemas eq "${groupUrn}"`, groups],
      [`schemas eq "${enterpriseUrn}"`, enterprise],
      ['schemas eq "urn:example:none"', []],
      ['meta.resourceType eq "User"', users],
      ['meta.resourceType eq "Group"', groups],
      ['meta.resourceType eq "EnterpriseUser"', []],
      ['meta.resourceType ne "User"', groups],
      ['meta.resourceType eq "Group" and displayName sw "a"', groups.slice(1, 2)],
      [
        `(meta.resourceType eq "User" and userName sw "e") or schemas eq "${groupUrn}"`,
        [users[2], ...groups],
      ],
    ] as const)
      expect({ filter, ids: await found(filter) }).toEqual({ filter, ids: idsOf([...expected]) });
  });
});
