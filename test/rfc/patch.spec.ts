import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { TestResponse } from '../support/app.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  inLanes,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';
const nothing = 'emails[type eq "none"]';

/** How a PATCH is read and what it may not do; what each operation does is in the chapter of operations. */
chapter('PATCH', (server) => {
  const aPerson = (attributes: object = {}): Promise<ScimBody> =>
    create(server.client, 'Users', aUser(attributes));
  const patch = (user: ScimBody, ...operations: readonly object[]): Promise<TestResponse> =>
    server.client.scim('PATCH', `/Users/${user.id}`, aPatch(...operations));
  const mail = (type: string) => ({ value: `${randomUUID()}@x.test`, type });

  /** The refusal of one operation, which leaves the person as it was. */
  async function expectRefused(user: ScimBody, operation: object, scimType: string): Promise<void> {
    const answer = await patch(user, operation);
    expect([operation, answer.status, answer.body.scimType]).toEqual([operation, 400, scimType]);
    expectScimError(answer, 400, scimType);
    expect(answer.body.detail).toContain('Operations[0]');
    expect(await read(server.client, `/Users/${user.id}`)).toEqual(user);
  }

  sentence('M1', async () => {
    const user = await aPerson();
    const operations = [{ op: 'add', path: 'title', value: 'x' }];
    const right = aPatch(...operations);
    const { client } = server;
    const path = `/Users/${user.id}`;

    for (const body of [
      { ...right, schemas: null },
      { ...right, schemas: [] },
      { ...right, schemas: [userUrn] },
      { ...right, Operations: undefined },
      { ...right, Operations: [] },
      { ...right, Operations: null },
      { ...right, Operations: operations[0] },
      { ...right, Operations: ['x'] },
      { ...right, Operations: [null] },
      '[]',
      '',
    ]) {
      expectScimError(await client.scim('PATCH', path, body), 400, 'invalidSyntax');
    }
    for (const [body, title] of [
      [{ Operations: operations }, 'x'],
      [[{ op: 'add', path: 'title', value: 'y' }], 'y'],
    ] as const) {
      expect((await client.scim('PATCH', path, body)).body.title).toBe(title);
    }
    const changed = await read(client, path);
    const many = Array.from({ length: 1_001 }, () => operations[0] ?? {});
    expectScimError(await client.scim('PATCH', path, aPatch(...many)), 413);
    expect(await read(client, path)).toEqual(changed);
  });

  sentence('M2', async () => {
    const user = await aPerson();
    for (const op of ['move', 'copy', 'test', '', ' add', 'adding', null, 7, undefined, ['add']]) {
      await expectRefused(user, { op, path: 'title', value: 'x' }, 'invalidSyntax');
    }
    for (const [op, title] of [
      ['Add', 'a'],
      ['REPLACE', 'b'],
      ['replace', 'c'],
      ['Remove', undefined],
      ['aDD', 'd'],
    ]) {
      const operation = { op, path: 'title', ...(title === undefined ? {} : { value: title }) };
      expect((await patch(user, operation)).body.title).toBe(title);
    }
  });

  sentence('M3', async () => {
    const user = await aPerson();
    const group = await create(server.client, 'Groups', aGroup());
    const answer = await patch(user, { op: 'add', path: 'title', value: 'x' });
    const path = `/Groups/${group.id}`;
    const operation = aPatch({ op: 'add', path: 'externalId', value: 'x' });
    const silent = await server.client.scim('PATCH', path, operation);
    const told = await server.client.scim('PATCH', `${path}?attributes=externalId`, operation);

    expect([answer.status, answer.body.title]).toEqual([200, 'x']);
    expect(answer.body).toEqual(await read(server.client, `/Users/${user.id}`));
    expect([silent.status, silent.text]).toEqual([204, '']);
    expect([told.status, told.body.externalId]).toEqual([200, 'x']);
  });

  sentence('M4', async () => {
    const user = await aPerson({ title: 'before', emails: [mail('work')] });
    const other = await aPerson();
    const group = await create(server.client, 'Groups', aGroup({ members: [{ value: user.id }] }));
    const before = await read(server.client, `/Users/${user.id}`);
    const good = [
      { op: 'replace', path: 'title', value: 'after' },
      { op: 'remove', path: 'emails' },
      { op: 'add', path: `${enterpriseUrn}:department`, value: 'x' },
    ];
    const bad = [
      { op: 'replace', path: nothing, value: { value: 'x' } },
      { op: 'add', path: 'shoeSize', value: 1 },
      { op: 'replace', path: 'active', value: 'yes' },
      { op: 'remove', path: 'userName' },
      { op: 'jump' },
    ];

    for (const operation of bad) {
      const answer = await patch(user, ...good, operation);
      expectScimError(answer, 400, answer.body.scimType);
      expect(answer.body.detail).toContain('Operations[3]');
      expect(await read(server.client, `/Users/${user.id}`)).toEqual(before);
    }
    const taken = await patch(user, ...good, {
      op: 'replace',
      path: 'userName',
      value: other.userName,
    });
    expectScimError(taken, 409, 'uniqueness');
    const path = `/Groups/${group.id}`;
    const mixed = aPatch(
      { op: 'replace', path: 'displayName', value: randomUUID() },
      { op: 'remove', path: 'members' },
      { op: 'add', path: 'members', value: [{ value: other.id }, { value: randomUUID() }] },
    );
    expectScimError(await server.client.scim('PATCH', path, mixed), 400, 'invalidValue');
    expect(await read(server.client, path)).toEqual(group);
  });

  sentence('M5', async () => {
    const user = await aPerson({ title: 'zero' });
    const answer = await patch(
      user,
      { op: 'replace', path: 'title', value: 'one' },
      { op: 'add', path: 'emails', value: [{ value: 'm5@x.test', type: 'work' }] },
      { op: 'replace', path: 'emails[type eq "work"].display', value: 'made before' },
      { op: 'remove', path: 'title' },
      { op: 'add', path: 'title', value: 'two' },
      { op: 'add', path: 'roles', value: [{ value: 'r' }] },
      { op: 'remove', path: 'roles' },
    );
    const group = await create(server.client, 'Groups', aGroup());
    const path = `/Groups/${group.id}`;
    const value = [{ value: user.id }];
    const toggle = [
      { op: 'add', path: 'members', value },
      { op: 'remove', path: `members[value eq "${user.id}"]` },
    ];
    await server.client.scim('PATCH', path, aPatch(...toggle));
    const gone = await read(server.client, path);
    await server.client.scim('PATCH', path, aPatch(...toggle.toReversed()));

    expect(answer.body).toMatchObject({
      title: 'two',
      emails: [{ value: 'm5@x.test', type: 'work', display: 'made before' }],
    });
    expect(answer.body).not.toHaveProperty('roles');
    expect(gone.members).toEqual([]);
    expect((await read(server.client, path)).members).toMatchObject(value);
  });

  sentence('M6', async () => {
    const user = await aPerson({
      name: { givenName: 'A' },
      emails: [mail('work'), mail('home')],
      [enterpriseUrn]: { manager: { value: 'm' } },
    });
    for (const [path, value, seen] of [
      ['title', 't', (body: ScimBody) => body.title],
      ['name.familyName', 'f', (body: ScimBody) => body.name.familyName],
      ['emails[type eq "home"].display', 'd', (body: ScimBody) => body.emails[1].display],
      [`${userUrn}:title`, 'u', (body: ScimBody) => body.title],
      [`${userUrn}:name.familyName`, 'g', (body: ScimBody) => body.name.familyName],
      [
        `${userUrn}:emails[type eq "work"].display`,
        'e',
        (body: ScimBody) => body.emails[0].display,
      ],
      [`${enterpriseUrn}:department`, 'x', (body: ScimBody) => body[enterpriseUrn].department],
      [
        `${enterpriseUrn}:manager.value`,
        'n',
        (body: ScimBody) => body[enterpriseUrn].manager.value,
      ],
      ['NAME.FAMILYNAME', 'h', (body: ScimBody) => body.name.familyName],
    ] as const) {
      const answer = await patch(user, { op: 'replace', path, value });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(seen(answer.body)).toBe(value);
    }
    const { body } = await patch(user, { op: 'remove', path: 'emails[type eq "home"]' });
    expect(body.emails).toHaveLength(1);
    const group = await create(server.client, 'Groups', aGroup({ members: [{ value: user.id }] }));
    const path = `/Groups/${group.id}`;
    const operation = { op: 'remove', path: `${groupUrn}:members[value eq "${user.id}"]` };
    expect((await server.client.scim('PATCH', path, aPatch(operation))).status).toBe(204);
    expect((await read(server.client, path)).members).toEqual([]);
  });

  sentence('M7', async () => {
    const user = await aPerson({ emails: [mail('work')] });
    for (const path of [
      '',
      ' ',
      'title..x',
      '.title',
      'title.',
      'a b',
      'shoeSize',
      'name.shoeSize',
      'name.familyName.x',
      'title.value',
      'emails[type eq "work"].shoeSize',
      'emails[type eq "work"]value',
      'emails[type eq "work"].a.b',
      '[type eq "work"]',
      `${enterpriseUrn}:shoeSize`,
      `${userUrn}:shoeSize`,
      '__proto__',
      'constructor.prototype',
    ]) {
      await expectRefused(user, { op: 'add', path, value: 'x' }, 'invalidPath');
      await expectRefused(user, { op: 'replace', path, value: 'x' }, 'invalidPath');
      await expectRefused(user, { op: 'remove', path }, 'invalidPath');
    }
    for (const path of [7, {}, ['title'], true]) {
      await expectRefused(user, { op: 'add', path, value: 'x' }, 'invalidPath');
    }
    await expectRefused(
      user,
      { op: 'add', path: 'title[value eq "x"]', value: 'y' },
      'invalidPath',
    );
  });

  sentence('M8', async () => {
    const user = await aPerson({ emails: [mail('work')] });
    for (const path of [
      'emails[]',
      'emails[type]',
      'emails[type eq]',
      'emails[type eq work]',
      'emails[type like "work"]',
      'emails[not type eq "work"]',
      'emails[type eq "work" and]',
      'emails[shoeSize eq "x"]',
      'emails[type eq "work',
      'emails[type eq "work"',
      'emails[(type eq "work"]',
      'emails[primary gt true]',
    ]) {
      for (const operation of [
        { op: 'remove', path },
        { op: 'replace', path, value: { value: 'x' } },
        { op: 'add', path: `${path}.value`, value: 'x' },
      ]) {
        const answer = await patch(user, operation);
        expect(['invalidFilter', 'invalidPath']).toContain(answer.body.scimType);
        expectScimError(answer, 400, answer.body.scimType);
      }
    }
    expect(await read(server.client, `/Users/${user.id}`)).toEqual(user);
  });

  sentence('M14', async () => {
    const user = await aPerson({ title: 'x' });
    await expectRefused(user, { op: 'remove' }, 'noTarget');
    await expectRefused(user, { op: 'remove', path: null }, 'noTarget');
    await expectRefused(user, { op: 'remove', value: { title: 'x' } }, 'noTarget');
    const group = await create(server.client, 'Groups', aGroup());
    const answer = await server.client.scim(
      'PATCH',
      `/Groups/${group.id}`,
      aPatch({ op: 'remove', value: { members: [] } }),
    );
    expectScimError(answer, 400, 'noTarget');
  });

  sentence('M18', async () => {
    const user = await aPerson();
    for (const path of [
      'userName',
      `${userUrn}:userName`,
      'id',
      'meta',
      'meta.created',
      'groups',
    ]) {
      await expectRefused(user, { op: 'remove', path }, 'mutability');
    }
    await expectRefused(user, { op: 'remove', path: 'schemas' }, 'mutability');
    await expectRefused(user, { op: 'remove', path: userUrn }, 'mutability');
    const group = await create(server.client, 'Groups', aGroup());
    for (const path of ['displayName', 'id', 'meta.location']) {
      const answer = await server.client.scim(
        'PATCH',
        `/Groups/${group.id}`,
        aPatch({ op: 'remove', path }),
      );
      expectScimError(answer, 400, 'mutability');
    }
    expect(await read(server.client, `/Groups/${group.id}`)).toEqual(group);
  });

  sentence('M25', async () => {
    const user = await aPerson();
    for (const [path, value] of [
      ['id', randomUUID()],
      ['meta.created', '1999-01-01T00:00:00Z'],
      ['meta', { resourceType: 'Lie' }],
      ['groups', [{ value: randomUUID() }]],
      ['groups[value eq "x"].display', 'x'],
      [`${enterpriseUrn}:manager.displayName`, 'Boss'],
    ] as const) {
      await expectRefused(user, { op: 'replace', path, value }, 'mutability');
      await expectRefused(user, { op: 'add', path, value }, 'mutability');
    }
    await expectRefused(user, { op: 'replace', value: { id: randomUUID() } }, 'mutability');

    const same = await patch(user, { op: 'replace', path: 'id', value: user.id });
    const whole = await patch(user, {
      op: 'replace',
      value: { ...user, groups: [{ value: 'x' }], meta: { created: 'x' } },
    });
    expect([same.status, same.body, whole.status, whole.body]).toEqual([200, user, 200, user]);
  });

  sentence('M26', async () => {
    const [one, two] = [await aPerson(), await aPerson()];
    const group = await create(server.client, 'Groups', aGroup({ members: [{ value: one.id }] }));
    const path = `/Groups/${group.id}`;
    const change = (operation: object) => server.client.scim('PATCH', path, aPatch(operation));

    for (const part of ['value', 'type', '$ref', 'display']) {
      for (const op of ['replace', 'add']) {
        const at = `members[value eq "${one.id}"].${part}`;
        expectScimError(await change({ op, path: at, value: two.id }), 400, 'mutability');
      }
    }
    expectScimError(
      await change({
        op: 'replace',
        path: `members[value eq "${one.id}"]`,
        value: { value: two.id },
      }),
      400,
      'mutability',
    );
    expect(await read(server.client, path)).toEqual(group);
    await change({ op: 'add', path: 'members', value: [{ value: two.id, type: 'User' }] });
    expect((await read(server.client, path)).members).toHaveLength(2);
  });

  sentence('M28', async () => {
    const user = await aPerson({ title: 'x', emails: [mail('work')] });
    for (const op of ['add', 'replace']) {
      for (const path of ['title', 'name', 'emails', 'emails[type eq "work"].value', undefined]) {
        await expectRefused(user, { op, path }, 'invalidValue');
      }
      for (const value of ['x', 7, true, [], null]) {
        await expectRefused(user, { op, value }, 'invalidValue');
      }
    }
    expect(
      (await patch(user, { op: 'replace', path: 'title', value: null })).body,
    ).not.toHaveProperty('title');
  });

  sentence('M29', async () => {
    const user = await aPerson({ emails: [mail('work')] });
    for (const [path, value] of [
      ['title', 7],
      ['title', { value: 'x' }],
      ['title', ['x', 'y']],
      ['active', 'yes'],
      ['active', 1],
      ['active', ''],
      ['name', 7],
      ['name', { givenName: 7 }],
      ['emails', 7],
      ['emails', [7]],
      ['emails', [{ value: {} }]],
      ['emails[type eq "work"].primary', 'maybe'],
      ['emails[type eq "work"].value', 7],
      [`${enterpriseUrn}:department`, 7],
      [enterpriseUrn, 'x'],
      ['password', 7],
    ] as const) {
      for (const op of ['add', 'replace']) {
        await expectRefused(user, { op, path, value }, 'invalidValue');
      }
      if (path !== 'emails[type eq "work"].value') {
        await expectRefused(user, { op: 'replace', value: { [path]: value } }, 'invalidValue');
      }
    }
  });

  sentence('M31', async () => {
    const [taken, user] = [await aPerson(), await aPerson()];
    for (const value of [taken.userName, taken.userName.toUpperCase()]) {
      for (const operation of [
        { op: 'replace', path: 'userName', value },
        { op: 'replace', value: { userName: value } },
        { op: 'add', path: `${userUrn}:userName`, value },
      ]) {
        expectScimError(await patch(user, operation), 409, 'uniqueness');
      }
    }
    expect(await read(server.client, `/Users/${user.id}`)).toEqual(user);
    const own = user.userName.toUpperCase();
    const answer = await patch(user, { op: 'replace', path: 'userName', value: own });
    expect(answer.body.userName).toBe(own);
  });

  sentence('M32', async () => {
    for (const id of [randomUUID(), 'nobody']) {
      for (const body of [
        aPatch({ op: 'add', path: 'title', value: 'x' }),
        aPatch({ op: 'jump' }),
        aPatch({ op: 'add', path: '[', value: 1 }),
        { schemas: [], Operations: [] },
      ]) {
        expectScimError(await server.client.scim('PATCH', `/Users/${id}`, body), 404);
        expectScimError(await server.client.scim('PATCH', `/Groups/${id}`, body), 404);
      }
    }
  });

  sentence('M33', async () => {
    for (const op of ['add', 'replace']) {
      const user = await aPerson({ title: 'kept', name: { familyName: 'Lee' } });
      const { body } = await patch(user, {
        op,
        value: {
          name: { givenName: 'Ann' },
          'name.middleName': 'B',
          [`${userUrn}:nickName`]: 'n',
          [`${enterpriseUrn}:department`]: 'Sales',
          [enterpriseUrn]: { division: 'v', manager: { value: 'm' } },
          'emails[type eq "work"].value': `${user.userName}@x.test`,
          shoeSize: 42,
        },
      });

      expect(body).toMatchObject({
        title: 'kept',
        name: { familyName: 'Lee', givenName: 'Ann', middleName: 'B' },
        nickName: 'n',
        emails: [{ type: 'work', value: `${user.userName}@x.test` }],
        [enterpriseUrn]: { department: 'Sales', division: 'v', manager: { value: 'm' } },
      });
      expect(body).not.toHaveProperty('shoeSize');
    }
  });

  sentence('M34', async () => {
    const people = await inLanes(24, () => aPerson());
    const [leaving, coming] = [people.slice(0, 12), people.slice(12)];
    const members = leaving.map(({ id }) => ({ value: id }));
    const group = await create(server.client, 'Groups', aGroup({ members }));
    const path = `/Groups/${group.id}`;

    const answers = await inLanes(24, (n) => {
      const id = people[n]?.id;
      return server.client.scim(
        'PATCH',
        path,
        aPatch(
          n < leaving.length
            ? { op: 'remove', path: `members[value eq "${id}"]` }
            : { op: 'add', path: 'members', value: [{ value: id }] },
        ),
      );
    });

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const left = (await read(server.client, path)).members.map(({ value }: ScimBody) => value);
    expect(left.toSorted()).toEqual(coming.map(({ id }) => id).toSorted());
  });

  sentence('M35', async () => {
    for (const endpoint of ['Users', 'Groups']) {
      const body = aPatch({ op: 'add', path: 'externalId', value: 'x' });
      const answer = await server.client.scim('PATCH', `/${endpoint}`, body);
      expectScimError(answer, 405);
      expect(answer.headers.get('allow')).toBe('GET, POST');
    }
  });

  sentence('M30', async () => {
    const user = await aPerson();
    const came = await patch(
      user,
      { op: 'add', path: `${enterpriseUrn}:department`, value: 'Sales' },
      { op: 'add', value: { [badgeUrn]: { number: 7 } } },
    );
    const half = await patch(user, { op: 'remove', path: `${enterpriseUrn}:department` });
    const went = await patch(user, { op: 'remove', path: badgeUrn });

    expect(came.body.schemas).toEqual([userUrn, enterpriseUrn, badgeUrn]);
    expect(half.body.schemas).toEqual([userUrn, badgeUrn]);
    expect(half.body).not.toHaveProperty([enterpriseUrn]);
    expect(went.body.schemas).toEqual([userUrn]);
  });
});
