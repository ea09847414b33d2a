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
});
