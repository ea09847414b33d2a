import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  found,
  groupUrn,
  inLanes,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, aScimConnectionIn } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { passwordHashOf } from './passwords.js';
import { sentence } from './sentence.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';

chapter('create', (server) => {
  const post = (endpoint: string, body: unknown) =>
    server.client.scim('POST', `/${endpoint}`, body);

  sentence('C1', async () => {
    const member = await create(server.client, 'Users', aUser());
    const user = {
      ...aUser({ externalId: 'c1', title: 'CTO', name: { givenName: 'Ann', familyName: 'Lee' } }),
      emails: [{ value: `${randomUUID()}@x.test`, type: 'work', primary: true }],
      [enterpriseUrn]: { department: 'Sales' },
    };
    const group = aGroup({ externalId: 'c1', members: [{ value: member.id }] });

    for (const [endpoint, body] of [
      ['Users', user],
      ['Groups', group],
    ] as const) {
      const answer = await post(endpoint, body);
      const { schemas: _, ...sent } = Object.fromEntries(Object.entries(body));
      expect(answer).toMatchObject({ status: 201, body: sent });
      expect(answer.headers.get('location')).toBe(
        `${server.app.configuration.publicUrl}/api/scim/resource/v2/${endpoint}/${answer.body.id}`,
      );
      expect(await read(server.client, `/${endpoint}/${answer.body.id}`)).toEqual(answer.body);
    }
  });

  sentence('C2', async () => {
    const plain = await create(server.client, 'Users', aUser());
    const employee = await create(
      server.client,
      'Users',
      aUser({ schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { department: 'd' } }),
    );
    const group = await create(server.client, 'Groups', aGroup());

    expect(plain.schemas).toEqual([userUrn]);
    expect(employee.schemas).toEqual([userUrn, enterpriseUrn]);
    expect(group.schemas).toEqual([groupUrn]);
  });

  sentence('C3', async () => {
    const { client } = server;
    const before = await everythingIn(client);

    for (const userName of [undefined, null, '', ' ', '\t \n', []]) {
      const answer = await post('Users', aUser({ userName }));
      expectScimError(answer, 400, 'invalidValue');
      expect(answer.body.detail).toContain('userName');
    }
    for (const displayName of [undefined, null, '', ' ']) {
      const answer = await post('Groups', aGroup({ displayName }));
      expectScimError(answer, 400, 'invalidValue');
      expect(answer.body.detail).toContain('displayName');
    }
    expect(await everythingIn(client)).toBe(before);
  });

  sentence('C4', async () => {
    const own = await aScimConnection(server.app);
    const other = await aScimConnection(server.app);
    await create(own, 'Users', aUser({ userName: 'Zoë.Lee@Corp.test' }));

    for (const userName of ['Zoë.Lee@Corp.test', 'zoë.lee@corp.test', 'ZOË.LEE@CORP.TEST']) {
      for (const endpoint of ['Users', 'EnterpriseUsers']) {
        expectScimError(
          await own.scim('POST', `/${endpoint}`, aUser({ userName })),
          409,
          'uniqueness',
        );
      }
    }
    expect((await read(own, '/Users')).totalResults).toBe(1);
    await create(other, 'Users', aUser({ userName: 'zoë.lee@corp.test' }));
  });

  sentence('C5', async () => {
    const body = aUser({ password: 'x7Kq!d0m' });
    const answer = await post('Users?attributes=password,userName', body);
    const { id, userName } = answer.body;
    const answers = [
      answer,
      await server.client.scim('GET', `/Users/${id}`),
      await server.client.scim('GET', `/Users/${id}?attributes=password`),
      await server.client.scim('GET', `/Users?filter=userName%20eq%20%22${userName}%22`),
      await server.client.scim('PUT', `/Users/${id}`, body),
      await server.client.scim('PATCH', `/Users/${id}`, aPatch({ op: 'add', value: body })),
    ];

    expect(answer.status).toBe(201);
    expect(await passwordHashOf(server.app, id)).toMatch(/\S/);
    for (const { status, text } of answers) {
      expect(status).toBeLessThan(300);
      expect(text).not.toMatch(/x7Kq!d0m|password/);
    }
  });

  sentence('C6', async () => {
    const own = await aScimConnection(server.app);
    const second = await aScimConnectionIn(server.app, own.tenantId, 'Entra');
    for (const externalId of ['Ext-1', 'Ext-1', 'ext-1', ' e ', '👩', '00u1/é']) {
      const made = await create(own, 'Users', aUser({ externalId }));
      expect((await read(own, `/Users/${made.id}`)).externalId).toBe(externalId);
      const mine = aPatch({ op: 'add', path: 'externalId', value: 'mine' });
      const seen = await second.scim('PATCH', `/Users/${made.id}`, mine);
      expect(seen.body.externalId).toBe('mine');
      expect((await read(own, `/Users/${made.id}`)).externalId).toBe(externalId);
    }
    const group = await create(own, 'Groups', aGroup({ externalId: 'Ext-1' }));

    expect(await found(own, 'Users', 'externalId eq "Ext-1"')).toHaveLength(2);
    expect(await found(own, 'Users', 'externalId eq "ext-1"')).toHaveLength(1);
    expect(await found(own, 'Users', 'externalId eq "EXT-1"')).toHaveLength(0);
    expect(group.externalId).toBe('Ext-1');
  });

  sentence('C7', async () => {
    const silent = await create(server.client, 'Users', aUser());
    const off = await create(server.client, 'Users', aUser({ active: false }));

    expect([silent.active, off.active]).toEqual([true, false]);
    expect((await read(server.client, `/Users/${silent.id}`)).active).toBe(true);
    expect((await read(server.client, `/Users/${off.id}`)).active).toBe(false);
  });

  sentence('C8', async () => {
    const wrong: readonly [string, readonly unknown[]][] = [
      ['userName', [7, true, {}, ['a']]],
      ['externalId', [1, false, {}, ['x']]],
      ['active', ['', 'yes', 1, 0, {}, [true]]],
      ['password', [7, {}, ['x']]],
      ['profileUrl', [7, {}, ['https://x.test']]],
      ['name', [7, true, 'Ann', ['Ann'], { givenName: 7 }, { givenName: {} }]],
      ['emails', [7, [7], { value: 7 }, [{ value: {} }], [{ value: 'a@x.test', primary: 'x' }]]],
      ['addresses', ['Main St', ['Main St'], [{ locality: 7 }]]],
      [enterpriseUrn, [7, 'x', [1], { department: 7 }, { manager: 7 }]],
    ];

    for (const [name, values] of wrong) {
      for (const value of values) {
        const answer = await post('Users', aUser({ [name]: value }));
        expectScimError(answer, 400, 'invalidValue');
        expect(answer.body.detail).toContain(name);
      }
    }
    for (const members of [7, true, [7], [{ value: 7 }], [{ display: 'x' }]]) {
      expectScimError(await post('Groups', aGroup({ members })), 400, 'invalidValue');
    }
    const taken = aUser({ active: 'False', roles: 'Admin', [enterpriseUrn]: { manager: 'm' } });
    expect(await create(server.client, 'Users', taken)).toMatchObject({
      active: false,
      roles: [{ value: 'Admin' }],
      [enterpriseUrn]: { manager: { value: 'm' } },
    });
  });

  sentence('C9', async () => {
    for (const body of ['', ' ', '{', '{"a":1,}', "{'a':1}", '[]', '[{}]', '"text"', '7', 'null']) {
      for (const endpoint of ['Users', 'Groups', 'Users/.search']) {
        expectScimError(await post(endpoint, body), 400, 'invalidSyntax');
      }
    }
  });

  sentence('C10', async () => {
    const name = `Race-${randomUUID()}`;
    const answers = await inLanes(8, (n) =>
      post('Users', aUser({ userName: n % 2 === 0 ? name : name.toUpperCase() })),
    );
    const lost = answers.filter(({ status }) => status !== 201);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
    for (const answer of lost) expectScimError(answer, 409, 'uniqueness');
    expect(await found(server.client, 'Users', `userName eq "${name}"`)).toHaveLength(1);
  });

  sentence('C11', async () => {
    const lists = {
      emails: [{ value: `${randomUUID()}@x.test`, type: 'assistant' }],
      phoneNumbers: [{ value: '1', type: 'DECT' }],
      addresses: [{ locality: 'Graz', type: 'summer' }],
      ims: [{ value: 'x', type: 'matrix' }],
    };
    const made = await create(server.client, 'Users', aUser(lists));

    expect(await read(server.client, `/Users/${made.id}`)).toMatchObject(lists);
  });

  sentence('C12', async () => {
    const block = { employeeNumber: '7', costCenter: 'c', manager: { value: 'somebody' } };
    const made = await create(server.client, 'Users', aUser({ [enterpriseUrn]: block }));
    const flat = await create(
      server.client,
      'Users',
      aUser({ department: 'flat', [`${enterpriseUrn}:department`]: 'flat' }),
    );

    expect(made[enterpriseUrn]).toEqual(block);
    expect(made).not.toHaveProperty('employeeNumber');
    expect(JSON.stringify(flat)).not.toContain('flat');
  });

  sentence('C13', async () => {
    const declared = await create(
      server.client,
      'Users',
      aUser({ schemas: [userUrn, enterpriseUrn, badgeUrn] }),
    );
    const present = await create(
      server.client,
      'Users',
      aUser({ [enterpriseUrn]: { department: 'd' }, [badgeUrn]: { number: 7, of: ['a', null] } }),
    );

    expect(declared.schemas).toContain(userUrn);
    expect(declared).not.toHaveProperty([enterpriseUrn]);
    expect(await read(server.client, `/Users/${present.id}`)).toMatchObject({
      schemas: [userUrn, enterpriseUrn, badgeUrn],
      [enterpriseUrn]: { department: 'd' },
      [badgeUrn]: { number: 7, of: ['a', null] },
    });
  });
});
