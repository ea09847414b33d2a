import { beforeAll, expect } from '@jest/globals';
import {
  aGroup,
  aUser,
  create,
  expectScimError,
  listPath,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const many = 11;
const even = 'title eq "even"';

chapter('paging', (server) => {
  let own: TestScimConnection;

  beforeAll(async () => {
    own = await aScimConnection(server.app);
    for (let n = 0; n < many; n++) {
      const title = n % 2 === 0 ? 'even' : 'odd';
      await create(own, 'Users', aUser({ userName: `user-${n}`, title }));
      await create(own, 'Groups', aGroup({ displayName: `group-${n}` }));
    }
  });

  const page = (query: Readonly<Record<string, string | number>>, endpoint = 'Users') =>
    read(own, listPath(endpoint, query));
  const ids = ({ Resources }: ScimBody): string[] => Resources.map(({ id }: ScimBody) => id);

  sentence('G1', async () => {
    const first = await page({ startIndex: 1, count: 2 });

    for (const startIndex of [0, -1, -1000]) {
      expect(await page({ startIndex, count: 2 })).toEqual(first);
    }
    expect(first.Resources[0].userName).toBe('user-0');
    expect((await page({ startIndex: 2, count: 2 })).Resources[0].userName).toBe('user-1');
  });

  sentence('G2', async () => {
    for (const endpoint of ['Users', 'Groups']) {
      for (const count of [0, -1, -1000]) {
        expect(await page({ count }, endpoint)).toMatchObject({
          totalResults: many,
          itemsPerPage: 0,
          Resources: [],
        });
      }
    }
    expect((await page({ count: 0, filter: even })).totalResults).toBe(6);
  });

  sentence('G3', async () => {
    for (const count of [1, 5, many, many + 1]) {
      for (const endpoint of ['Users', 'Groups']) {
        const { Resources } = await page({ count }, endpoint);
        expect(Resources).toHaveLength(Math.min(count, many));
      }
    }
  });

  sentence('G4', async () => {
    for (const [startIndex, count, held] of [
      [1, 5, 5],
      [6, 5, 5],
      [11, 5, 1],
      [1, 100, many],
      [12, 5, 0],
    ] as const) {
      const { itemsPerPage, Resources } = await page({ startIndex, count });
      expect([itemsPerPage, Resources.length]).toEqual([held, held]);
    }
  });

  sentence('G5', async () => {
    for (const [filter, total] of [
      [even, 6],
      ['title eq "odd"', 5],
      ['userName pr', many],
      ['title eq "none"', 0],
    ] as const) {
      for (const startIndex of [1, 3, 100]) {
        expect((await page({ filter, startIndex, count: 2 })).totalResults).toBe(total);
      }
    }
  });

  sentence('G6', async () => {
    for (const startIndex of [1, 6, 11]) {
      expect((await page({ startIndex, count: 5 })).startIndex).toBe(startIndex);
    }
    for (const startIndex of [many + 1, 1000, Number.MAX_SAFE_INTEGER]) {
      for (const endpoint of ['Users', 'Groups']) {
        expect(await page({ startIndex }, endpoint)).toMatchObject({
          totalResults: many,
          startIndex,
          itemsPerPage: 0,
          Resources: [],
        });
      }
    }
  });

  sentence('G7', async () => {
    for (const endpoint of ['Users', 'Groups']) {
      const all = ids(await page({ count: 200 }, endpoint));
      for (const count of [1, 3, 5]) {
        const seen: string[] = [];
        for (let startIndex = 1; startIndex <= many;) {
          const answer = await page({ startIndex, count }, endpoint);
          seen.push(...ids(answer));
          startIndex += answer.itemsPerPage;
        }
        expect(seen).toEqual(all);
      }
    }
    const odd = ids(await page({ filter: 'title eq "odd"', count: 200 }));
    const parts = await Promise.all(
      [1, 4].map((startIndex) => page({ filter: 'title eq "odd"', startIndex, count: 3 })),
    );
    expect(parts.flatMap(ids)).toEqual(odd);
  });

  sentence('G8', async () => {
    for (const name of ['startIndex', 'count']) {
      for (const value of ['x', '1.5', '1e3', '0x1', 'NaN', '1;drop', ' ', 'null']) {
        for (const endpoint of ['Users', 'Groups']) {
          const answer = await own.scim('GET', listPath(endpoint, { [name]: value }));
          expectScimError(answer, 400, 'invalidValue');
          expect(answer.body.detail).toContain(name);
        }
      }
      expectScimError(await own.scim('GET', `/Users?${name}=1&${name}=2`), 400, 'invalidValue');
    }
  });
});
