import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  aGroup,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  found,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { passwordHashOf } from './passwords.js';
import { sentence } from './sentence.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';

chapter('PUT', (server) => {
  const put = (path: string, body: unknown) => server.client.scim('PUT', path, body);
  const person = () => ({
    ...aUser({ title: 'CTO', externalId: 'e', name: { familyName: 'Lee' }, locale: 'de-AT' }),
    emails: [{ value: `${randomUUID()}@x.test`, type: 'work', primary: true }],
    [enterpriseUrn]: { department: 'Sales', manager: { value: 'boss' } },
    [badgeUrn]: { number: 7 },
  });

  sentence('U1', async () => {
    const { client } = server;
    const user = await create(client, 'Users', aUser());
    const group = await create(client, 'Groups', aGroup());
    const userName = randomUUID();

    const answer = await put(`/Users/${user.id}`, aUser({ userName, title: 'x' }));
    const renamed = await put(`/Groups/${group.id}`, aGroup({ displayName: userName }));

    expect(answer).toMatchObject({ status: 200, body: { id: user.id, userName, title: 'x' } });
    expect(renamed).toMatchObject({ status: 200, body: { id: group.id, displayName: userName } });
    expect(await read(client, `/Users/${user.id}`)).toEqual(answer.body);
    const before = await everythingIn(client);
    for (const id of [randomUUID(), 'nobody']) {
      expectScimError(await put(`/Users/${id}`, aUser({ id })), 404);
      expectScimError(await put(`/Groups/${id}`, aGroup({ id })), 404);
    }
    expect(await everythingIn(client)).toBe(before);
  });

  sentence('U2', async () => {
    const made = await create(server.client, 'Users', person());
    const answer = await put(`/Users/${made.id}`, aUser({ userName: made.userName }));

    expect(answer.body).toEqual({
      schemas: [userUrn],
      id: made.id,
      userName: made.userName,
      active: true,
      meta: expect.objectContaining({ created: made.meta.created }),
    });
    expect(await read(server.client, `/Users/${made.id}`)).toEqual(answer.body);
    const { [enterpriseUrn]: block, ...rest } = await create(server.client, 'Users', person());
    const { manager: _, ...others } = block;
    const partly = await put(`/Users/${rest.id}`, { ...rest, [enterpriseUrn]: others });
    expect(partly.body[enterpriseUrn]).toEqual({ department: 'Sales' });
  });

  sentence('U3', async () => {
    const made = await create(server.client, 'Users', aUser());
    const group = await create(server.client, 'Groups', aGroup());
    const lies = {
      id: randomUUID(),
      meta: { created: '1999-01-01T00:00:00Z', location: 'x' },
      groups: [{ value: group.id }],
    };

    const answer = await put(`/Users/${made.id}`, { ...made, ...lies });

    expect(answer).toMatchObject({ status: 200, body: made });
    expect(answer.body).not.toHaveProperty('groups');
    expectScimError(await server.client.scim('GET', `/Users/${lies.id}`), 404);
  });

  sentence('U4', async () => {
    const { client } = server;
    const [one, two] = [
      await create(client, 'Users', aUser()),
      await create(client, 'Users', aUser()),
    ];
    const group = await create(client, 'Groups', aGroup({ members: [{ value: one.id }] }));
    const path = `/Groups/${group.id}`;
    const lie = { value: one.id, type: 'Group', $ref: 'https://elsewhere.test' };

    const same = await put(path, { ...group, members: [{ value: one.id }] });
    const other = await put(path, { ...group, members: [{ value: two.id }] });
    const patched = await client.scim('PATCH', path, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: `members[value eq "${two.id}"].value`, value: one.id }],
    });

    expect(same.body.members).toEqual(group.members);
    expect(other.body.members).toMatchObject([{ value: two.id, type: 'User' }]);
    expectScimError(patched, 400, 'mutability');
    const told = await put(path, { ...group, members: [lie] });
    if (told.status === 200) expect(told.body.members).toEqual(group.members);
    else expectScimError(told, 400);
  });

  sentence('U5', async () => {
    const user = await create(server.client, 'Users', aUser());
    const group = await create(server.client, 'Groups', aGroup());

    for (const empty of [undefined, null, '', ' ']) {
      const noName = await put(`/Users/${user.id}`, { ...user, userName: empty });
      expectScimError(noName, 400, 'invalidValue');
      expect(noName.body.detail).toContain('userName');
      const noTitle = await put(`/Groups/${group.id}`, { ...group, displayName: empty });
      expectScimError(noTitle, 400, 'invalidValue');
    }
    expect(await read(server.client, `/Users/${user.id}`)).toEqual(user);
    expect(await read(server.client, `/Groups/${group.id}`)).toEqual(group);
  });

  sentence('U6', async () => {
    const made = await create(server.client, 'Users', aUser({ password: 'x7Kq!d0m' }));
    const hash = await passwordHashOf(server.app, made.id);

    await put(`/Users/${made.id}`, { ...made, title: 'kept' });
    const kept = await passwordHashOf(server.app, made.id);
    await put(`/Users/${made.id}`, { ...made, password: 'another' });
    const changed = await passwordHashOf(server.app, made.id);

    expect(hash).toMatch(/\S/);
    expect(kept).toBe(hash);
    expect(changed).not.toBe(hash);
  });

  sentence('U7', async () => {
    const taken = await create(server.client, 'Users', aUser({ userName: `Z${randomUUID()}` }));
    const made = await create(server.client, 'Users', aUser());

    for (const userName of [taken.userName, taken.userName.toUpperCase()]) {
      const answer = await put(`/Users/${made.id}`, { ...made, userName });
      expectScimError(answer, 409, 'uniqueness');
    }
    expect(await read(server.client, `/Users/${made.id}`)).toEqual(made);
    const upper = made.userName.toUpperCase();
    expect((await put(`/Users/${made.id}`, { ...made, userName: upper })).body.userName).toBe(
      upper,
    );
    expect(await found(server.client, 'Users', `userName eq "${made.userName}"`)).toEqual([upper]);
  });

  sentence('U8', async () => {
    const own = await aScimConnection(server.app);
    const boss = await create(own, 'Users', aUser({ displayName: 'Boss' }));
    const made = await create(own, 'Users', {
      ...person(),
      active: false,
      [enterpriseUrn]: { manager: { value: boss.id } },
    });
    const group = await create(own, 'Groups', aGroup({ members: [{ value: made.id }] }));
    const before = await everythingIn(own);

    for (const path of [
      `/Users/${made.id}`,
      `/EnterpriseUsers/${made.id}`,
      `/Groups/${group.id}`,
    ]) {
      const seen = await read(own, path);
      expect((await own.scim('PUT', path, seen)).body).toEqual(seen);
      const nulls = { nickName: null, ims: null, photos: [], 'urn:x:y': null };
      expect((await own.scim('PUT', path, { ...seen, ...nulls })).body).toEqual(seen);
    }
    expect(await everythingIn(own)).toBe(before);
  });

  sentence('U9', async () => {
    for (const active of [true, false]) {
      const { active: _, ...silent } = await create(server.client, 'Users', aUser({ active }));
      const answer = await put(`/Users/${silent.id}`, { ...silent, title: 'x' });
      expect(answer.body.active).toBe(active);
      const nothing = await put(`/Users/${silent.id}`, { ...silent, active: null });
      expect(nothing.body.active).toBe(active);
    }
  });
});
