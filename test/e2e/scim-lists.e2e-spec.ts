import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aSearch,
  aUser,
  create,
  expectScimError,
  found,
  inLanes,
  listPath,
  listUrn,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const peopleMany = 205;

describe.each(databases)('SCIM lists on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  /** Ids in the order of creation. */
  let ids: string[];

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    const person = (n: number) => aUser({ userName: `p${n}`, title: n % 2 === 0 ? 'even' : 'odd' });
    const made = await inLanes(peopleMany, (n) => create(client, 'Users', person(n)));
    const inOrder = await read(client, '/Users?count=200&attributes=id');
    const rest = await read(client, '/Users?count=200&attributes=id&startIndex=201');
    ids = [...inOrder.Resources, ...rest.Resources].map(({ id }) => id);
    expect([...ids].sort()).toEqual(made.map(({ id }) => id).sort());
  });
  afterAll(() => app.close());

  const list = (query: string) => read(client, `/Users?${query}`);
  const idsOf = (body: { Resources: { id: string }[] }) => body.Resources.map(({ id }) => id);

  it.each<[string, string, { startIndex: number; itemsPerPage: number; first?: number }]>([
    ['G9 no count', '', { startIndex: 1, itemsPerPage: 100, first: 0 }],
    ['an empty count', 'count=&startIndex=', { startIndex: 1, itemsPerPage: 100, first: 0 }],
    ['G1 startIndex 0', 'startIndex=0&count=2', { startIndex: 1, itemsPerPage: 2, first: 0 }],
    [
      'G1 a negative startIndex',
      'startIndex=-7&count=2',
      { startIndex: 1, itemsPerPage: 2, first: 0 },
    ],
    ['G2 count 0', 'count=0', { startIndex: 1, itemsPerPage: 0 }],
    ['G2 a negative count', 'count=-1', { startIndex: 1, itemsPerPage: 0 }],
    [
      'G3 a page in the midst',
      'startIndex=11&count=5',
      { startIndex: 11, itemsPerPage: 5, first: 10 },
    ],
    [
      'G4 the last page',
      'startIndex=201&count=100',
      { startIndex: 201, itemsPerPage: 5, first: 200 },
    ],
    ['G6 past the end', 'startIndex=206&count=5', { startIndex: 206, itemsPerPage: 0 }],
    [
      'S16 far past the end',
      'startIndex=9007199254740991&count=5',
      { startIndex: 9007199254740991, itemsPerPage: 0 },
    ],
    [
      'G10 a count above the maximum',
      'count=1000000',
      { startIndex: 1, itemsPerPage: 200, first: 0 },
    ],
  ])('pages with %s', async (_what, query, { startIndex, itemsPerPage, first = 0 }) => {
    const body = await list(query);

    expect({ ...body, Resources: idsOf(body) }).toEqual({
      schemas: [listUrn],
      totalResults: peopleMany,
      startIndex,
      itemsPerPage,
      Resources: ids.slice(first, first + itemsPerPage),
    });
  });

  it.each([
    'startIndex=one',
    'count=ten',
    'count=1.5',
    'startIndex=1e3',
    'count=0x10',
    'count=1&count=2',
    'startIndex=%20',
    'filter=id%20pr&filter=id%20pr',
  ])('G8 refuses %s', async (query) => {
    expectScimError(await client.scim('GET', `/Users?${query}`), 400, 'invalidValue');
  });

  it('S16 answers a startIndex beyond all numbers', async () => {
    const { startIndex, ...rest } = await list('startIndex=9000000000000000000');

    expect(Number.isSafeInteger(startIndex)).toBe(true);
    expect(rest).toMatchObject({ totalResults: peopleMany, itemsPerPage: 0, Resources: [] });
  });

  it('G5 G7 yields everybody once, filtered or not, as get-all clients go through it', async () => {
    for (const [filter, many] of [
      [undefined, peopleMany],
      ['title eq "odd"', 102],
    ] as const) {
      const seen: string[] = [];
      for (let startIndex = 1; startIndex <= many;) {
        const query = { startIndex, count: 30, ...(filter === undefined ? {} : { filter }) };
        const body = await read(client, listPath('Users', query));
        expect(body.totalResults).toBe(many);
        expect(body.itemsPerPage).toBeGreaterThan(0);
        seen.push(...idsOf(body));
        startIndex += body.itemsPerPage;
      }
      expect(seen).toHaveLength(many);
      expect(seen).toEqual(ids.filter((id) => seen.includes(id)));
    }
  });

  it('G5 G6 counts all matches of a filter on every page', async () => {
    const totals = await Promise.all(
      ['count=0', 'count=10', 'startIndex=100&count=10', 'startIndex=500'].map((page) =>
        list(`filter=title%20eq%20%22odd%22&${page}`),
      ),
    );

    expect(totals.map(({ totalResults, itemsPerPage }) => [totalResults, itemsPerPage])).toEqual([
      [102, 0],
      [102, 10],
      [102, 3],
      [102, 0],
    ]);
  });

  it('R4 G5 follows what comes and goes', async () => {
    const own = await aScimConnection(app);
    const empty = await own.scim('GET', '/Users');
    const one = await create(own, 'Users', aUser());
    await create(own, 'Users', aUser());
    const two = await own.scim('GET', '/Users');
    await own.scim('DELETE', `/Users/${one.id}`);
    const left = await own.scim('GET', '/Users');

    expect(empty.body).toEqual({
      schemas: [listUrn],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
    expect([two.body.totalResults, left.body.totalResults]).toEqual([2, 1]);
  });

  it('S16 takes a thousand attribute names and refuses ten thousand', async () => {
    const names = (many: number) =>
      aSearch({ attributes: Array.from({ length: many }, (_, n) => `a${n}`), count: 1 });

    expect((await client.scim('POST', '/Users/.search', names(1_000))).status).toBe(200);
    expectScimError(await client.scim('POST', '/Users/.search', names(9_000)), 400, 'invalidValue');
  });

  describe('POST /.search', () => {
    it.each([
      ['everything', {}],
      ['a page', { startIndex: 11, count: 5 }],
      [
        'a filter and attributes',
        { filter: 'userName eq "P7"', attributes: ['userName', 'title'] },
      ],
      ['excluded attributes', { excludedAttributes: ['meta', 'active'], count: 3 }],
      ['nothing', { count: 0 }],
      ['negative numbers', { startIndex: -1, count: -1 }],
      ['sortBy', { sortBy: 'userName', count: 2 }],
    ])('Q1 Q3 Q4 gives what GET gives: %s', async (_what, request) => {
      const query = Object.fromEntries(
        Object.entries(request).map(([name, value]) => [name, String(value)]),
      );

      const byPost = await client.scim('POST', '/Users/.search', aSearch(request));
      const byGet = await client.scim('GET', listPath('Users', query));

      expect(byPost).toMatchObject({ status: 200 });
      expect(byPost.body).toEqual(byGet.body);
    });

    it('Q5 wants no schema but that of SearchRequest', async () => {
      for (const body of [
        { schemas: null },
        { schemas: [] },
        { schemas: [listUrn] },
        { schemas: listUrn, count: 1 },
      ]) {
        expectScimError(await client.scim('POST', '/Users/.search', body), 400, 'invalidSyntax');
      }
    });

    it.each([
      { count: 'ten' },
      { count: {} },
      { startIndex: 1.5 },
      { filter: 7 },
      { attributes: { x: 1 } },
      { attributes: [1] },
      { sortBy: [] },
    ])('refuses %j', async (request) => {
      expectScimError(
        await client.scim('POST', '/Users/.search', aSearch(request)),
        400,
        'invalidValue',
      );
    });

    it('Q1 finds groups and enterprise users', async () => {
      const own = await aScimConnection(app);
      const user = await create(own, 'EnterpriseUsers', aUser());
      const group = await create(
        own,
        'Groups',
        aGroup({ displayName: 'Found', members: [{ value: user.id }] }),
      );

      const groups = await own.scim(
        'POST',
        '/Groups/.search',
        aSearch({ filter: `members.value eq "${user.id}"` }),
      );
      const users = await own.scim(
        'POST',
        '/EnterpriseUsers/.search',
        aSearch({ filter: `id eq "${user.id}"`, attributes: ['groups'] }),
      );

      expect(groups.body.Resources).toEqual([group]);
      expect(users.body.Resources).toEqual([
        expect.objectContaining({ groups: [expect.objectContaining({ value: group.id })] }),
      ]);
      expect(
        await found(own, 'EnterpriseUsers', 'meta.resourceType eq "EnterpriseUser"', 'id'),
      ).toEqual([user.id]);
    });
  });
});
