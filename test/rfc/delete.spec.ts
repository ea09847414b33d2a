import { expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  expectScimError,
  listPath,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

chapter('DELETE', (server) => {
  sentence('L1', async () => {
    const { client } = server;
    for (const [endpoint, body, filter] of [
      ['Users', aUser(), ({ userName }: ScimBody) => `userName eq "${userName}"`],
      ['Groups', aGroup(), ({ displayName }: ScimBody) => `displayName eq "${displayName}"`],
    ] as const) {
      const made = await create(client, endpoint, body);
      const path = `/${endpoint}/${made.id}`;
      const answer = await client.scim('DELETE', path);

      expect([answer.status, answer.text]).toEqual([204, '']);
      expectScimError(await client.scim('GET', path), 404);
      expectScimError(await client.scim('PUT', path, made), 404);
      const patch = aPatch({ op: 'add', path: 'externalId', value: 'x' });
      expectScimError(await client.scim('PATCH', path, patch), 404);
      expectScimError(await client.scim('DELETE', path), 404);
      for (const query of [filter(made), `id eq "${made.id}"`]) {
        expect((await read(client, listPath(endpoint, { filter: query }))).totalResults).toBe(0);
      }
      const { Resources } = await read(client, `/${endpoint}?count=200`);
      expect(Resources.map(({ id }: ScimBody) => id)).not.toContain(made.id);
    }
  });

  sentence('L2', async () => {
    const made = await create(server.client, 'Users', aUser({ externalId: 'l2', title: 'old' }));
    await server.client.scim('DELETE', `/Users/${made.id}`);
    const userName = made.userName.toUpperCase();
    const again = await create(server.client, 'Users', aUser({ userName, externalId: 'l2' }));

    expect(again.id).not.toBe(made.id);
    expect(again).not.toHaveProperty('title');
  });

  sentence('L3', async () => {
    const { client } = server;
    const [gone, stays] = [
      await create(client, 'Users', aUser()),
      await create(client, 'Users', aUser()),
    ];
    const members = [{ value: gone.id }, { value: stays.id }];
    const groups = [
      await create(client, 'Groups', aGroup({ members })),
      await create(client, 'Groups', aGroup({ members: [{ value: gone.id }] })),
    ];

    await client.scim('DELETE', `/Users/${gone.id}`);

    const left = await Promise.all(groups.map(({ id }) => read(client, `/Groups/${id}`)));
    expect(left.map((group) => group.members.map(({ value }: ScimBody) => value))).toEqual([
      [stays.id],
      [],
    ]);
    const filter = `members eq "${gone.id}"`;
    expect((await read(client, listPath('Groups', { filter }))).totalResults).toBe(0);
  });

  sentence('L4', async () => {
    const { client } = server;
    const user = await create(client, 'Users', aUser({ title: 'kept' }));
    const inner = await create(client, 'Groups', aGroup({ members: [{ value: user.id }] }));
    const outer = await create(client, 'Groups', aGroup({ members: [{ value: inner.id }] }));

    await client.scim('DELETE', `/Groups/${outer.id}`);
    const still = await read(client, `/Users/${user.id}`);
    await client.scim('DELETE', `/Groups/${inner.id}`);

    expect(still.groups).toMatchObject([{ value: inner.id }]);
    const left = await read(client, `/Users/${user.id}`);
    expect(left).not.toHaveProperty('groups');
    expect({ ...left, meta: user.meta }).toEqual(user);
  });
});
