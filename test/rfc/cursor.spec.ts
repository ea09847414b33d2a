import { afterEach, beforeAll, expect, jest } from '@jest/globals';
import { Clock } from '../../src/kernel/clock.js';
import { startAppOn } from '../support/app.js';
import {
  aGroup,
  aSearch,
  aUser,
  create,
  expectScimError,
  listPath,
  listUrn,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import {
  aScimConnection,
  aScimConnectionIn,
  type TestScimConnection,
} from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

type Query = Readonly<Record<string, string | number>>;

const many = 23;
const timeoutSeconds = 3_600;

chapter('cursors', (server) => {
  beforeAll(async () => {
    for (let n = 0; n < many; n += 1) {
      const person = {
        userName: `c${(n * 7) % many}`,
        active: n % 3 === 0,
        ...(n % 4 === 0 ? {} : { name: { familyName: `${'xYz'[n % 3]}${n % 5}` } }),
        ...(n % 5 === 0 ? {} : { emails: [{ value: `m${n}@x.test`, type: 'work' }] }),
      };
      await create(server.client, 'Users', aUser(person));
      if (n % 3 === 0) await create(server.client, 'Groups', aGroup());
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const idsOf = ({ Resources }: ScimBody): string[] => Resources.map(({ id }: ScimBody) => id);
  const byGet = (client: TestScimConnection, endpoint: string, query: Query) =>
    client.scim('GET', listPath(endpoint, query));
  const bySearch = (client: TestScimConnection, endpoint: string, query: Query) =>
    client.scim('POST', `/${endpoint}/.search`, aSearch(query));

  /** All pages of a walk, by the cursors that it is told. */
  async function walk(endpoint: string, query: Query, ask = byGet): Promise<ScimBody[]> {
    const pages: ScimBody[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const answer = await ask(server.client, endpoint, { ...query, cursor });
      expect(answer).toMatchObject({ status: 200 });
      pages.push(answer.body);
      cursor = answer.body.nextCursor;
      expect(pages.length).toBeLessThanOrEqual(many + 1);
    }
    return pages;
  }
  const firstCursor = async (query: Query = { count: 5 }): Promise<string> =>
    (await read(server.client, listPath('Users', { ...query, cursor: '' }))).nextCursor;

  sentence('X1', async () => {
    expect((await read(server.client, '/ServiceProviderConfig')).pagination).toEqual({
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 100,
      maxPageSize: 200,
      cursorTimeout: timeoutSeconds,
    });
  });

  sentence('X2', async () => {
    for (const start of ['/Users?cursor&count=10', '/Users?cursor=&count=10']) {
      const body = await read(server.client, start);
      expect({ ...body, Resources: idsOf(body).length }).toEqual({
        schemas: [listUrn],
        totalResults: many,
        itemsPerPage: 10,
        nextCursor: expect.any(String),
        Resources: 10,
      });
    }
    const whole = idsOf(await read(server.client, '/Users'));
    for (const count of [1, 5, 22, 23, 24]) {
      const pages = await walk('Users', { count });
      expect(pages.flatMap(idsOf)).toEqual(whole);
      expect(pages.map(({ itemsPerPage }) => itemsPerPage)).toEqual(
        pages.map((page) => idsOf(page).length),
      );
      expect(pages).toHaveLength(Math.ceil(many / count));
      expect(new Set(pages.map(({ totalResults }) => totalResults))).toEqual(new Set([many]));
    }
  });

  sentence('X2', 'in every order and with every filter as the index has it', async () => {
    const sorts: Query[] = [
      'userName',
      'name.familyName',
      'emails',
      'active',
      'meta.created',
      'meta.lastModified',
      'externalId',
      'title',
    ].flatMap((sortBy) => [{ sortBy }, { sortBy, sortOrder: 'descending' }]);
    const filters: Query[] = [{}, { filter: 'emails pr' }];
    for (const sort of sorts) {
      for (const filter of filters) {
        const whole = await read(server.client, listPath('Users', { ...sort, ...filter }));
        const pages = await walk('Users', { ...sort, ...filter, count: 6 });
        expect(pages.flatMap(idsOf)).toEqual(idsOf(whole));
        expect(new Set(pages.map(({ totalResults }) => totalResults))).toEqual(
          new Set([whole.totalResults]),
        );
      }
    }
    const groups = await walk('Groups', { sortBy: 'displayName', count: 3 });
    expect(groups.flatMap(idsOf)).toEqual(
      idsOf(await read(server.client, '/Groups?sortBy=displayName')),
    );
  });

  sentence('X2', 'who comes and goes behind the cursor moves nothing', async () => {
    const own = await aScimConnection(server.app);
    const names = ['b', 'd', 'f', 'h'];
    const ids = new Map<string, string>();
    for (const userName of names)
      ids.set(userName, (await create(own, 'Users', aUser({ userName }))).id);
    const query = { sortBy: 'userName', count: 2 };
    const first = (await byGet(own, 'Users', { ...query, cursor: '' })).body;
    await own.scim('DELETE', `/Users/${ids.get('d')}`);
    await create(own, 'Users', aUser({ userName: 'a' }));
    const second = (await byGet(own, 'Users', { ...query, cursor: first.nextCursor })).body;

    expect(second.Resources.map(({ userName }: ScimBody) => userName)).toEqual(['f', 'h']);
    expect(second).not.toHaveProperty('nextCursor');
  });

  sentence('X2', 'in another process with the same key', async () => {
    const cursor = await firstCursor();
    const { configuration } = server.app;
    const other = await startAppOn(
      { settings: configuration.database, drop: () => Promise.resolve() },
      {},
    );
    try {
      const path = `/api/scim/resource/v2${listPath('Users', { cursor, count: 5 })}`;
      const headers = { authorization: `Bearer ${server.client.token}` };
      const there = await other.request('GET', path, { key: null, headers });

      expect(idsOf(there.body)).toEqual(
        idsOf((await byGet(server.client, 'Users', { cursor, count: 5 })).body),
      );
    } finally {
      await other.close();
    }
  });

  sentence('X3', async () => {
    const pages = await walk('Users', { count: 5 });

    expect(pages.map((page) => 'nextCursor' in page)).toEqual([true, true, true, true, false]);
    for (const page of pages) expect(page).not.toHaveProperty('previousCursor');
    for (const query of [{ filter: 'userName eq "nobody"' }, { count: 0 }]) {
      const [only, ...others] = await walk('Users', query);
      expect([only?.Resources, others]).toEqual([[], []]);
      expect(only).not.toHaveProperty('startIndex');
    }
  });

  sentence('X4', async () => {
    for (const sortBy of ['userName', 'name.familyName', 'emails', 'title']) {
      const cursor = await firstCursor({ count: 5, sortBy });
      expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
      expect(cursor.length).toBeLessThan(8_192);
    }
  });

  sentence('X5', async () => {
    const cursor = await firstCursor({ count: 5, filter: 'userName pr' });
    const good = { count: 5, filter: 'userName pr', cursor };
    expect((await byGet(server.client, 'Users', good)).status).toBe(200);
    for (const [query, scimType, endpoint = 'Users'] of [
      [{ ...good, cursor: `${cursor}x` }, 'invalidCursor'],
      [{ ...good, cursor: `x${cursor}` }, 'invalidCursor'],
      [{ ...good, cursor: cursor.replace('.', '') }, 'invalidCursor'],
      [{ ...good, cursor: `${cursor.slice(0, -1)}é` }, 'invalidCursor'],
      [{ ...good, cursor: 'x' }, 'invalidCursor'],
      [{ ...good, cursor: '.' }, 'invalidCursor'],
      [{ ...good, filter: 'userName sw "c"' }, 'invalidCursor'],
      [{ ...good, sortBy: 'userName' }, 'invalidCursor'],
      [{ ...good, sortOrder: 'descending' }, 'invalidCursor'],
      [good, 'invalidCursor', 'EnterpriseUsers'],
      [{ ...good, count: 6 }, 'invalidCount'],
      [{ count: 201, cursor: '' }, 'invalidCount'],
      [{ count: 'x', cursor: '' }, 'invalidCount'],
      [{ count: 5, cursor: '', startIndex: 1 }, 'invalidValue'],
    ] as readonly [Query, string, string?][]) {
      expectScimError(await byGet(server.client, endpoint, query), 400, scimType);
      expectScimError(await bySearch(server.client, endpoint, query), 400, scimType);
    }
    expect(await read(server.client, '/Users?cursor&count=-3')).toMatchObject({
      totalResults: many,
      Resources: [],
    });
  });

  sentence('X5', 'a cursor ends with its time', async () => {
    const query = { count: 5, cursor: await firstCursor() };
    const clock = server.app.get(Clock);
    const now = clock.now();
    jest.spyOn(clock, 'now').mockImplementation(() => now + (timeoutSeconds + 5) * 1_000);
    const later = await aScimConnectionIn(server.app, server.client.tenantId, 'Later');

    expectScimError(await byGet(later, 'Users', query), 400, 'expiredCursor');
  });

  sentence('X6', async () => {
    const body = await read(server.client, '/Users?count=5');

    expect(body).toMatchObject({ startIndex: 1, itemsPerPage: 5 });
    expect(body).not.toHaveProperty('nextCursor');
  });

  sentence('X7', async () => {
    const query = { count: 5, cursor: await firstCursor() };
    const stranger = await aScimConnection(server.app);
    await create(stranger, 'Users', aUser());
    const colleague = await aScimConnectionIn(server.app, server.client.tenantId, 'Entra');

    expectScimError(await byGet(stranger, 'Users', query), 400, 'invalidCursor');
    expect(idsOf((await byGet(colleague, 'Users', query)).body)).toEqual(
      idsOf((await byGet(server.client, 'Users', query)).body),
    );
  });

  sentence('X8', async () => {
    const query = { count: 5, sortBy: 'name.familyName', filter: 'active eq false' };
    const posted = await walk('Users', query, bySearch);

    expect(posted.length).toBeGreaterThan(2);
    expect(posted.flatMap(idsOf)).toEqual((await walk('Users', query)).flatMap(idsOf));
  });

  sentence('X9', async () => {
    for (const query of [{ count: 7 }, { count: 7, filter: 'active eq true' }]) {
      const { totalResults } = await read(server.client, listPath('Users', query));
      for (const page of await walk('Users', query)) expect(page.totalResults).toBe(totalResults);
    }
  });
});
