import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

describe.each(databases)('SCIM PATCH of users on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  it('M4 M5 applies all operations in their order or none', async () => {
    const made = await create(client, 'Users', aUser({ title: 'before' }));
    const path = `/Users/${made.id}`;
    const good = [
      { op: 'replace', path: 'title', value: 'one' },
      { op: 'add', path: 'emails[type eq "work"].value', value: `${randomUUID()}@x.test` },
    ];

    const bad = await client.scim(
      'PATCH',
      path,
      aPatch(...good, { op: 'replace', path: 'emails[type eq "none"]', value: { value: 'x' } }),
    );
    const unchanged = await read(client, path);
    const fine = await client.scim(
      'PATCH',
      path,
      aPatch(
        ...good,
        { op: 'replace', path: 'title', value: 'two' },
        { op: 'remove', path: 'emails' },
      ),
    );

    expectScimError(bad, 400, 'noTarget');
    expect(bad.body.detail).toContain('Operations[2]');
    expect(unchanged).toEqual(made);
    expect(fine.body).toEqual({
      ...made,
      title: 'two',
      meta: { ...made.meta, lastModified: expect.any(String), version: expect.any(String) },
    });
  });

  it('M11 P17 moves lastModified on a real change and on no other', async () => {
    const made = await create(client, 'Users', aUser({ title: 'same', roles: [{ value: 'r' }] }));
    const nothing = aPatch(
      { op: 'add', path: 'roles', value: [{ value: 'r' }] },
      { op: 'replace', value: { TITLE: 'same' } },
    );

    const still = await client.scim('PATCH', `/Users/${made.id}`, nothing);
    const moved = await client.scim(
      'PATCH',
      `/Users/${made.id}`,
      aPatch({ op: 'replace', path: 'title', value: 'other' }),
    );

    expect(still.body).toEqual(made);
    expect(moved.body.meta.created).toBe(made.meta.created);
    expect(moved.body.meta.lastModified > made.meta.lastModified).toBe(true);
  });

  it.each<[string, object, string]>([
    ['M1 no operations', { ...aPatch(), Operations: [] }, 'invalidSyntax'],
    [
      'M1 no schema named',
      { ...aPatch({ op: 'remove', path: 'title' }), schemas: [] },
      'invalidSyntax',
    ],
    ['M2 an unknown op', aPatch({ op: 'move', path: 'title', value: 'x' }), 'invalidSyntax'],
    [
      'M7 a path that does not parse',
      aPatch({ op: 'add', path: 'title..x', value: 'x' }),
      'invalidPath',
    ],
    ['M7 an unknown attribute', aPatch({ op: 'add', path: 'shoeSize', value: 42 }), 'invalidPath'],
    [
      'M8 a broken filter',
      aPatch({ op: 'add', path: 'emails[type eq]', value: {} }),
      'invalidFilter',
    ],
    ['M14 a remove without a path', aPatch({ op: 'remove' }), 'noTarget'],
    [
      'M24 nothing to replace',
      aPatch({ op: 'replace', path: 'emails[value co "x"]', value: { value: 'y' } }),
      'noTarget',
    ],
    ['M28 no value', aPatch({ op: 'add', path: 'title' }), 'invalidValue'],
    [
      'M29 a value of the wrong type',
      aPatch({ op: 'add', path: 'name', value: 7 }),
      'invalidValue',
    ],
    [
      'S5 active as a word',
      aPatch({ op: 'replace', path: 'active', value: 'yes' }),
      'invalidValue',
    ],
  ])('refuses %s', async (_what, body, scimType) => {
    const made = await create(client, 'Users', aUser());

    expectScimError(await client.scim('PATCH', `/Users/${made.id}`, body), 400, scimType);
    expectScimError(await client.scim('PATCH', `/Users/${randomUUID()}`, body), 404);
    expect(await read(client, `/Users/${made.id}`)).toEqual(made);
  });

  it('rule 4, M30: dotted and URN keys are paths, and the own id is allowed', async () => {
    const made = await create(
      client,
      'Users',
      aUser({ title: 'kept', name: { familyName: 'Lee' } }),
    );
    const value = {
      id: made.id,
      'name.givenName': 'Ann',
      [`${enterpriseUrn}:department`]: 'Sales',
      [enterpriseUrn]: { division: 'v' },
    };

    const { body } = await client.scim(
      'PATCH',
      `/Users/${made.id}`,
      aPatch({ op: 'replace', value }),
    );

    expect(body).toMatchObject({
      title: 'kept',
      name: { familyName: 'Lee', givenName: 'Ann' },
      [enterpriseUrn]: { department: 'Sales', division: 'v' },
    });
    expect(body.schemas).toEqual([...made.schemas, enterpriseUrn]);
  });

  it('rule 6, E7: a manager is taken as text and object, and cleared by "" and null', async () => {
    const boss = await create(client, 'Users', aUser({ displayName: 'Boss' }));
    const made = await create(
      client,
      'Users',
      aUser({ [enterpriseUrn]: { manager: boss.id, department: 'd' } }),
    );
    const set = async (value: unknown) =>
      (
        await client.scim(
          'PATCH',
          `/Users/${made.id}`,
          aPatch({ op: 'add', path: `${enterpriseUrn}:manager`, value }),
        )
      ).body[enterpriseUrn];
    const shown = {
      manager: { value: boss.id, $ref: boss.meta.location, displayName: 'Boss' },
      department: 'd',
    };

    expect(made[enterpriseUrn]).toEqual(shown);
    expect(await set('')).toEqual({ department: 'd' });
    expect(await set(boss.id)).toEqual(shown);
    expect(await set(null)).toEqual({ department: 'd' });
    expect(await set({ value: boss.id })).toEqual(shown);
    await client.scim('DELETE', `/Users/${boss.id}`);
    expect((await read(client, `/Users/${made.id}`))[enterpriseUrn]).toEqual({
      manager: { value: boss.id },
      department: 'd',
    });
  });
});
