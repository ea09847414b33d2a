import { beforeAll, expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  groupUrn,
  inLanes,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';
const person = {
  userName: 'ann',
  displayName: 'Ann Lee',
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [
    { value: 'ann@corp.test', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'home' },
  ],
  [enterpriseUrn]: { department: 'Sales', costCenter: 'c7', manager: { value: 'boss' } },
  [badgeUrn]: { number: 7 },
};
const always = ['id', 'schemas'];

chapter('attributes and excludedAttributes', (server) => {
  let own: TestScimConnection;
  let user: ScimBody;
  let group: ScimBody;

  beforeAll(async () => {
    own = await aScimConnection(server.app);
    user = await create(own, 'Users', aUser({ ...person, password: 'x7Kq!d0m' }));
    group = await create(own, 'Groups', aGroup({ members: [{ value: user.id }] }));
    user = await read(own, `/Users/${user.id}`);
  });

  const shown = (query: string) => read(own, `/Users/${user.id}?${query}`);
  const namesOf = (body: ScimBody) => Object.keys(body).toSorted();
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(user).filter(([name]) => !names.includes(name)));

  sentence('A1', async () => {
    for (const [query, names] of [
      ['attributes=userName', ['userName']],
      ['attributes=name,emails', ['name', 'emails']],
      ['attributes=meta', ['meta']],
      ['attributes=userName&attributes=active', ['userName', 'active']],
    ] as const) {
      const body = await shown(query);
      expect(namesOf(body)).toEqual([...always, ...names].toSorted());
      for (const name of names) expect(body[name]).toEqual(user[name]);
      const { Resources } = await read(own, `/Users?${query}`);
      expect(Resources).toEqual([body]);
    }
    const seen = await read(own, `/Groups/${group.id}?attributes=displayName`);
    expect(namesOf(seen)).toEqual([...always, 'displayName'].toSorted());
  });

  sentence('A2', async () => {
    expect(await shown('excludedAttributes=emails')).toEqual(without('emails'));
    expect(await shown('excludedAttributes=name,meta,groups')).toEqual(
      without('name', 'meta', 'groups'),
    );
    expect(await shown('excludedAttributes=id,schemas,emails')).toEqual(without('emails'));
    const { Resources } = await read(own, '/Users?excludedAttributes=emails');
    expect(Resources).toEqual([without('emails')]);
  });

  sentence('A3', async () => {
    const query = 'attributes=userName&excludedAttributes=emails';
    const path = `/Users/${user.id}?${query}`;
    const before = await everythingIn(own);

    for (const answer of [
      await own.scim('GET', path),
      await own.scim('GET', `/Users?${query}`),
      await own.scim('POST', `/Users?${query}`, aUser()),
      await own.scim('PUT', path, aUser()),
      await own.scim('PATCH', path, aPatch({ op: 'add', path: 'title', value: 'x' })),
    ]) {
      expectScimError(answer, 400, 'invalidValue');
    }
    expect(await everythingIn(own)).toBe(before);
  });

  sentence('A4', async () => {
    for (const [query, expected] of [
      ['attributes=name.familyName', { name: { familyName: 'Lee' } }],
      ['attributes=NAME.FamilyNAME', { name: { familyName: 'Lee' } }],
      [`attributes=${userUrn}:userName`, { userName: 'ann' }],
      [`attributes=${userUrn}:name.givenName`, { name: { givenName: 'Ann' } }],
      ['attributes=userName,%20displayName', { userName: 'ann', displayName: 'Ann Lee' }],
      ['attributes=userName+,+active', { userName: 'ann', active: true }],
      [
        'attributes=emails.value',
        { emails: [{ value: 'ann@corp.test' }, { value: 'ann@home.test' }] },
      ],
    ] as const) {
      const { id: _, schemas: __, ...rest } = await shown(query);
      expect(rest).toEqual(expected);
    }
    expect((await shown('excludedAttributes=name.familyName')).name).toEqual({ givenName: 'Ann' });
    expect((await shown('excludedAttributes=emails.type,emails.primary')).emails).toEqual([
      { value: 'ann@corp.test' },
      { value: 'ann@home.test' },
    ]);
  });

  sentence('A5', async () => {
    for (const [query, block] of [
      [`attributes=${enterpriseUrn}`, person[enterpriseUrn]],
      [`attributes=${enterpriseUrn}:department`, { department: 'Sales' }],
      [`attributes=${enterpriseUrn}:manager.value`, { manager: { value: 'boss' } }],
      [`attributes=${enterpriseUrn.toUpperCase()}:DEPARTMENT`, { department: 'Sales' }],
    ] as const) {
      const body = await shown(query);
      expect(namesOf(body)).toEqual([...always, enterpriseUrn].toSorted());
      expect(body[enterpriseUrn]).toEqual(block);
    }
    expect(await shown(`excludedAttributes=${enterpriseUrn}`)).toEqual(without(enterpriseUrn));
    const { department: _, ...others } = user[enterpriseUrn];
    expect(await shown(`excludedAttributes=${enterpriseUrn}:department`)).toEqual({
      ...user,
      [enterpriseUrn]: others,
    });
    expect(await shown(`attributes=${userUrn}`)).toEqual(without(enterpriseUrn, badgeUrn, 'meta'));
    expect(await shown(`attributes=${badgeUrn}`)).toMatchObject({ [badgeUrn]: { number: 7 } });
  });

  sentence('A6', async () => {
    for (const name of ['emails', 'displayName', 'name.familyName', 'manager', 'department']) {
      const body = await shown(`excludedAttributes=${name}`);
      expect(body[enterpriseUrn]).toEqual(user[enterpriseUrn]);
      expect(body[badgeUrn]).toEqual(user[badgeUrn]);
    }
  });

  sentence('A7', async () => {
    const { members: _, ...rest } = await read(own, `/Groups/${group.id}`);

    for (const name of ['members', 'MEMBERS', `${groupUrn}:members`]) {
      expect(await read(own, `/Groups/${group.id}?excludedAttributes=${name}`)).toEqual(rest);
      const { Resources } = await read(own, `/Groups?excludedAttributes=${name}`);
      expect(Resources).toEqual([rest]);
    }
    expect(await read(own, `/Groups/${group.id}?attributes=members.value`)).toMatchObject({
      members: [{ value: user.id }],
    });
  });

  sentence('A7', 'a large group costs no more than a small one', async () => {
    const crowd = await aScimConnection(server.app);
    const people = await inLanes(300, () => create(crowd, 'Users', aUser()));
    const members = people.map(({ id }) => ({ value: id }));
    const large = await create(crowd, 'Groups', aGroup({ members }));

    const whole = await crowd.scim('GET', `/Groups/${large.id}`);
    const bare = await crowd.scim('GET', `/Groups/${large.id}?excludedAttributes=members`);

    expect(whole.body.members).toHaveLength(300);
    expect(bare.text.length).toBeLessThan(1_000);
  });

  sentence('A8', async () => {
    expect(namesOf(await shown('attributes=shoeSize'))).toEqual(always.toSorted());
    expect(namesOf(await shown('attributes=userName,shoeSize,name.x,__proto__'))).toEqual(
      [...always, 'userName'].toSorted(),
    );
    for (const name of ['shoeSize', 'name.shoeSize', 'urn:x:y:z', 'a..b', '%F0%9F%98%80']) {
      expect(await shown(`excludedAttributes=${name}`)).toEqual(user);
    }
    expect(await shown('attributes=')).toEqual(user);
  });

  sentence('A9', async () => {
    for (const query of [
      'attributes=password',
      'attributes=password,userName',
      `attributes=${userUrn}:password`,
      `attributes=${userUrn}`,
      'excludedAttributes=userName',
    ]) {
      const { text } = await own.scim('GET', `/Users/${user.id}?${query}`);
      expect(text).not.toMatch(/password|x7Kq/);
    }
    const { Resources } = await read(own, '/Schemas');
    const returned = JSON.stringify(Resources).match(/"returned":"\w+"/g);
    expect(returned).not.toContain('"returned":"request"');
  });

  sentence('A10', async () => {
    const client = await aScimConnection(server.app);
    const made = await client.scim('POST', '/Users?attributes=userName', aUser(person));
    const path = `/Users/${made.body.id}`;
    const whole = await read(client, path);

    const put = await client.scim('PUT', `${path}?excludedAttributes=emails,meta`, whole);
    const patch = await client.scim(
      'PATCH',
      `${path}?attributes=title`,
      aPatch({ op: 'add', path: 'title', value: 'CTO' }),
    );
    const newGroup = await client.scim('POST', '/Groups?excludedAttributes=members', aGroup());

    expect(namesOf(made.body)).toEqual([...always, 'userName'].toSorted());
    expect(namesOf(put.body)).toEqual(
      namesOf(whole).filter((name) => name !== 'emails' && name !== 'meta'),
    );
    expect(patch.body).toEqual({ id: made.body.id, schemas: whole.schemas, title: 'CTO' });
    expect(newGroup.body).not.toHaveProperty('members');
    expect((await read(client, path)).emails).toEqual(whole.emails);
  });

  sentence('A11', async () => {
    for (const [path, operation, query, names] of [
      [`/Users/${user.id}`, { nickName: 'n' }, 'attributes=nickName', ['nickName']],
      [`/Groups/${group.id}`, { externalId: 'e' }, 'attributes=externalId', ['externalId']],
    ] as const) {
      const answer = await own.scim(
        'PATCH',
        `${path}?${query}`,
        aPatch({ op: 'add', value: operation }),
      );
      expect(answer.status).toBe(200);
      expect(namesOf(answer.body)).toEqual([...always, ...names].toSorted());
    }
  });
});
