import { randomUUID } from 'node:crypto';
import { beforeAll, expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  inLanes,
  listPath,
  listUrn,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const countMax = 200;
const many = countMax + 5;

chapter('read', (server) => {
  let crowded: TestScimConnection;

  beforeAll(async () => {
    crowded = await aScimConnection(server.app);
    await inLanes(many, () => create(crowded, 'Users', aUser({ title: 'crowd' })));
  });

  sentence('D4', async () => {
    const { filter } = await read(crowded, '/ServiceProviderConfig');

    expect(Number.isInteger(filter.maxResults)).toBe(true);
    expect(many).toBeGreaterThan(filter.maxResults);
    for (const query of ['', '?count=100000', '?count=201&startIndex=2', '?filter=title%20pr']) {
      const { Resources } = await read(crowded, `/Users${query}`);
      expect(Resources.length).toBeLessThanOrEqual(filter.maxResults);
    }
  });

  sentence('R1', async () => {
    const member = await create(server.client, 'Users', aUser({ title: 'CTO' }));
    const group = await create(
      server.client,
      'Groups',
      aGroup({ members: [{ value: member.id }] }),
    );
    const user = await server.client.scim('GET', `/Users/${member.id}`);
    const seen = await server.client.scim('GET', `/Groups/${group.id}`);

    expect([user.status, seen.status]).toEqual([200, 200]);
    expect(user.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(Object.keys(user.body).toSorted()).toEqual(
      ['schemas', 'id', 'userName', 'title', 'active', 'groups', 'meta'].toSorted(),
    );
    expect(seen.body).toMatchObject({
      displayName: group.displayName,
      members: [{ value: member.id }],
    });
  });

  sentence('R2', async () => {
    for (const [endpoint, body] of [
      ['Users', aUser()],
      ['Groups', aGroup()],
    ] as const) {
      const { id } = await create(server.client, endpoint, body);
      await server.client.scim('DELETE', `/${endpoint}/${id}`);
      for (const absent of [id, randomUUID(), 'nobody']) {
        expectScimError(await server.client.scim('GET', `/${endpoint}/${absent}`), 404);
      }
    }
  });

  sentence('R3', async () => {
    const own = await aScimConnection(server.app);
    const user = await create(own, 'Users', aUser());
    const group = await create(own, 'Groups', aGroup());

    for (const [endpoint, resource] of [
      ['Users', user],
      ['Groups', group],
    ] as const) {
      expect(await read(own, `/${endpoint}`)).toEqual({
        schemas: [listUrn],
        totalResults: 1,
        startIndex: 1,
        itemsPerPage: 1,
        Resources: [resource],
      });
    }
  });

  sentence('R4', async () => {
    for (const [endpoint, filter] of [
      ['Users', 'userName eq "nobody"'],
      ['Groups', 'displayName eq "nobody"'],
      ['Users', `id eq "${randomUUID()}" and title pr`],
    ] as const) {
      const answer = await server.client.scim('GET', listPath(endpoint, { filter }));
      expect(answer).toMatchObject({
        status: 200,
        body: { schemas: [listUrn], totalResults: 0, itemsPerPage: 0, Resources: [] },
      });
    }
  });

  sentence('R5', async () => {
    for (const query of ['', '?startIndex=2&count=3', '?filter=title%20eq%20%22none%22&count=0']) {
      const body = await read(crowded, `/Users${query}`);
      for (const name of ['totalResults', 'startIndex', 'itemsPerPage']) {
        expect([name, Number.isInteger(body[name])]).toEqual([name, true]);
      }
    }
  });

  sentence('R6', async () => {
    for (const query of ['', '?count=1000', '?filter=title%20eq%20%22crowd%22&count=1000']) {
      const body = await read(crowded, `/Users${query}`);
      expect(body.totalResults).toBe(many);
      expect(body.Resources.length).toBeLessThan(many);
    }
    const rest = await read(crowded, `/Users?count=${countMax}&startIndex=${countMax + 1}`);
    expect(rest.Resources).toHaveLength(many - countMax);
  });

  sentence('R7', async () => {
    const own = await aScimConnection(server.app);
    const boss = await create(own, 'Users', aUser({ displayName: 'Boss' }));
    const user = await create(
      own,
      'Users',
      aUser({ password: 'x7Kq!d0m', [enterpriseUrn]: { manager: { value: boss.id } } }),
    );
    const group = await create(own, 'Groups', aGroup({ members: [{ value: user.id }] }));

    for (const [endpoint, id] of [
      ['Users', user.id],
      ['EnterpriseUsers', user.id],
      ['Groups', group.id],
    ] as const) {
      for (const query of [
        '',
        '&attributes=userName,password,members',
        '&excludedAttributes=meta',
      ]) {
        const { Resources } = await read(own, `/${endpoint}?count=200${query}`);
        const listed = Resources.find((resource: ScimBody) => resource.id === id);
        expect(listed).toEqual(await read(own, `/${endpoint}/${id}?count=200${query}`));
        expect(listed).not.toHaveProperty('password');
      }
    }
  });

  sentence('R8', async () => {
    const made = await create(server.client, 'Users', aUser({ active: false }));
    const other = await create(server.client, 'Users', aUser());
    const off = aPatch({ op: 'replace', value: { active: false } });
    await server.client.scim('PATCH', `/Users/${other.id}`, off);

    for (const { id, userName } of [made, other]) {
      expect(await read(server.client, `/Users/${id}`)).toMatchObject({ userName, active: false });
      expect(await found(server.client, 'Users', `userName eq "${userName}"`)).toEqual([userName]);
      expect(await found(server.client, 'Users', 'active eq false')).toContain(userName);
      const { Resources } = await read(server.client, '/Users?count=200');
      expect(Resources.map((resource: ScimBody) => resource.id)).toContain(id);
    }
  });

  sentence('G9', async () => {
    const { Resources, itemsPerPage, totalResults } = await read(crowded, '/Users');

    expect([itemsPerPage, Resources.length, totalResults]).toEqual([100, 100, many]);
  });

  sentence('G10', async () => {
    for (const count of [countMax + 1, 100_000, Number.MAX_SAFE_INTEGER]) {
      const { Resources, itemsPerPage } = await read(crowded, `/Users?count=${count}`);
      expect([itemsPerPage, Resources.length]).toEqual([countMax, countMax]);
    }
    expect((await read(crowded, `/Users?count=${'9'.repeat(40)}`)).itemsPerPage).toBe(countMax);
  });
});
