import { beforeAll, expect } from '@jest/globals';
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
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

chapter('posted searches', (server) => {
  let own: TestScimConnection;

  beforeAll(async () => {
    own = await aScimConnection(server.app);
    for (const letter of ['a', 'b', 'c', 'd']) {
      const user = await create(
        own,
        'Users',
        aUser({ userName: letter, name: { familyName: letter }, title: 'x' }),
      );
      await create(own, 'Groups', aGroup({ displayName: letter, members: [{ value: user.id }] }));
    }
  });

  const search = (endpoint: string, request: object) =>
    own.scim('POST', `/${endpoint}/.search`, aSearch(request));

  sentence('Q1', async () => {
    const answer = await search('Users', {
      attributes: ['userName'],
      filter: 'userName ge "b"',
      startIndex: 2,
      count: 1,
    });
    const groups = await search('Groups', {
      excludedAttributes: ['members', 'meta'],
      filter: 'displayName eq "C"',
    });

    expect(answer).toMatchObject({
      status: 200,
      body: { schemas: [listUrn], totalResults: 3, startIndex: 2, itemsPerPage: 1 },
    });
    expect(answer.body.Resources).toEqual([
      { schemas: expect.any(Array), id: expect.any(String), userName: 'c' },
    ]);
    expect(groups.body.Resources).toEqual([
      { schemas: expect.any(Array), id: expect.any(String), displayName: 'c' },
    ]);
    expect((await search('EnterpriseUsers', {})).body.totalResults).toBe(4);
  });

  sentence('Q3', async () => {
    const { body } = await search('Users', { attributes: ['userName', 'name.familyName'] });
    const { body: rest } = await search('Users', { excludedAttributes: ['name', 'meta'] });

    for (const resource of body.Resources) {
      expect(Object.keys(resource).toSorted()).toEqual(['id', 'name', 'schemas', 'userName']);
    }
    for (const resource of rest.Resources) {
      expect(resource).toMatchObject({ title: 'x' });
      expect(resource).not.toHaveProperty('name');
    }
    for (const attributes of [7, {}, [7], [['userName']]]) {
      expectScimError(await search('Users', { attributes }), 400, 'invalidValue');
    }
  });

  sentence('Q4', async () => {
    const requests: readonly ScimBody[] = [
      {},
      { filter: 'userName gt "a" and title pr', count: 2 },
      { startIndex: 3, count: 10 },
      { sortBy: 'userName', sortOrder: 'descending' },
      { attributes: ['userName', 'name.familyName'] },
      { excludedAttributes: ['name', 'meta'], count: 0 },
    ];
    for (const request of requests) {
      const byPost = await search('Users', request);
      expect(byPost.status).toBe(200);
      const query = Object.fromEntries(
        Object.entries(request).map(([name, value]) => [name, String(value)]),
      );
      expect(byPost.body).toEqual(await read(own, listPath('Users', query)));
    }
    const filter = 'displayName eq "b" or members pr';
    const groups = await search('Groups', { filter });
    expect(groups.body).toEqual(await read(own, listPath('Groups', { filter })));
    for (const fault of [{ filter: 'userName eq' }, { count: 'x' }, { startIndex: 1.5 }]) {
      const byPost = await search('Users', fault);
      const query = Object.fromEntries(
        Object.entries(fault).map(([name, value]) => [name, String(value)]),
      );
      const byGet = await own.scim('GET', listPath('Users', query));
      expect([byPost.status, byPost.body]).toEqual([byGet.status, byGet.body]);
      expect(byPost.status).toBe(400);
    }
  });

  sentence('Q5', async () => {
    const wrong = [[], null, ['urn:x'], [listUrn], 'x'];
    for (const schemas of wrong) {
      for (const endpoint of ['Users', 'Groups']) {
        const answer = await own.scim('POST', `/${endpoint}/.search`, { schemas, count: 1 });
        expectScimError(answer, 400, 'invalidSyntax');
      }
    }
    const implied = await own.scim('POST', '/Users/.search', { count: 1 });
    const named = await own.scim('POST', '/Users/.search', aSearch({ count: 1 }));
    expect([implied.status, implied.body]).toEqual([200, named.body]);
    for (const body of ['', '[]', '{', 'null']) {
      expectScimError(await own.scim('POST', '/Users/.search', body), 400, 'invalidSyntax');
    }
  });
});
