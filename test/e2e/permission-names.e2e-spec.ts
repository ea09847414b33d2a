import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

describe.each(databases)('the names of permissions on $name', (database) => {
  let app: TestApp;
  let typeId: string;
  beforeAll(async () => {
    app = await startApp(database);
    typeId = (await createType([])).body.entityType.id;
  });
  afterAll(() => app.close());

  const createType = (permissions: readonly object[]) =>
    app.request('POST', '/api/entity/type', {
      body: { entityType: { name: randomUUID(), permissions } },
    });

  const createPermission = (permission: object) =>
    app.request('POST', `/api/entity/type/${typeId}/permission`, { body: { permission } });

  it.each(['ünï', 'a"b', 'a\\b', 'a,b', 'a b', 'a\tb', '\u{1F600}', 'a\u007f'])(
    'are refused when no scope can carry them (RFC 6749 §3.3): %j',
    async (name) => {
      expect(await createPermission({ name })).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'permission.name': [{ code: '[invalid]permission.name' }] } },
      });
      expect(await createType([{ name: 'good' }, { name }])).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'entityType.permissions[1].name': [{}] } },
      });
    },
  );

  it.each(['scim:user:read', "a!#$%&'()*+-./:;<=>?@[]^_`{|}~z", '0'])(
    'may have every other sign: %j',
    async (name) => {
      expect(await createPermission({ name })).toMatchObject({
        status: 200,
        body: { permission: { name } },
      });
    },
  );

  it.each([
    ['name', () => [{ name: 'read' }, { name: 'write' }, { name: 'read' }], 2],
    [
      'id',
      () => {
        const id = randomUUID();
        return [
          { name: 'read', id },
          { name: 'write', id },
        ];
      },
      1,
    ],
  ])('a %s that is there twice in a new type is told where it stands', async (member, list, at) => {
    const field = `entityType.permissions[${at}].${member}`;

    const refused = await createType(list());

    expect(refused).toMatchObject({
      status: 400,
      body: { fieldErrors: { [field]: [{ code: `[duplicate]${field}` }] } },
    });
    expect(Object.keys(refused.body.fieldErrors)).toEqual([field]);
  });

  it('an id that a permission of another type has is told where it stands', async () => {
    const { body } = await createPermission({ name: randomUUID() });
    const field = 'entityType.permissions[0].id';

    expect(await createType([{ name: 'read', id: body.permission.id }])).toMatchObject({
      status: 400,
      body: { fieldErrors: { [field]: [{ code: `[duplicate]${field}` }] } },
    });
  });
});
