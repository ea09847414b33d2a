import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

const secrets = ['readable', 'once'] as const;
const settings = databases.flatMap((database) =>
  secrets.map((mode) => ({ database, mode, name: database.name })),
);

describe.each(settings)('what changes nothing on $name ($mode secrets)', ({ database, mode }) => {
  let app: TestApp;
  let typePath: string;
  let entityPath: string;
  let permissionPath: string;
  let grantPath: string;
  let recipientEntityId: string;
  const clientSecret = 'a secret of its own that is long';
  const entityType = {
    name: randomUUID(),
    jwtConfiguration: { enabled: true, timeToLiveInSeconds: 60 },
    data: { a: [1, { b: 2 }] },
  };
  const permission = { name: 'read', description: 'Reads.', isDefault: true, data: { a: 1 } };
  const grant = () => ({ recipientEntityId, permissions: ['read'], data: { a: 1 } });
  let entity: { name: string; type: { id: string }; data: object };

  beforeAll(async () => {
    app = await startApp(database, { secrets: mode });
    const post = async (path: string, body: object) =>
      (await app.request('POST', path, { body })).body;
    const type = await post('/api/entity/type', { entityType });
    typePath = `/api/entity/type/${type.entityType.id}`;
    const made = await post(`${typePath}/permission`, { permission });
    permissionPath = `${typePath}/permission/${made.permission.id}`;
    entity = { name: 'Machine', type: { id: type.entityType.id }, data: { a: 1, b: [2] } };
    const target = await post('/api/entity', { entity: { ...entity, clientSecret } });
    entityPath = `/api/entity/${target.entity.id}`;
    grantPath = `${entityPath}/grant`;
    recipientEntityId = (await post('/api/entity', { entity })).entity.id;
    await post(grantPath, { grant: grant() });
  });
  afterAll(() => app.close());

  /** Versions, times and the number of events: everything that a change leaves behind. */
  async function traces(): Promise<unknown> {
    const ask = (text: string) => app.get(UnitOfWork).query(sql.raw(text));
    return [
      await ask('select count(*) as n from events'),
      await ask('select id, version, changed from entity_types order by id'),
      await ask('select id, changed from entity_type_permissions order by id'),
      await ask('select id, version, changed from entities order by id'),
      await ask('select id, version, changed from entity_grants order by id'),
      await ask('select id from entity_secrets order by id'),
    ];
  }

  it.each<[string, string, () => string, () => object]>([
    ['PUT of a type', 'PUT', () => typePath, () => ({ entityType })],
    ['PATCH of a type', 'PATCH', () => typePath, () => ({ entityType: { data: { a: [1] } } })],
    ['empty PATCH of a type', 'PATCH', () => typePath, () => ({})],
    ['PUT of a permission', 'PUT', () => permissionPath, () => ({ permission })],
    ['PATCH of a permission', 'PATCH', () => permissionPath, () => ({ permission: {} })],
    ['PUT of an entity', 'PUT', () => entityPath, () => ({ entity })],
    [
      'PUT of an entity with the secret that it has',
      'PUT',
      () => entityPath,
      () => ({ entity: { ...entity, clientSecret } }),
    ],
    ['PATCH of an entity', 'PATCH', () => entityPath, () => ({ entity: { name: entity.name } })],
    ['PUT of a grant', 'PUT', () => grantPath, () => ({ grant: grant() })],
    ['POST of a grant', 'POST', () => grantPath, () => ({ grant: grant() })],
  ])('leaves no trace: %s', async (_what, method, path, body) => {
    const before = await traces();

    const answer = await app.request(method, path(), { body: body() });

    expect(answer.status).toBe(200);
    expect(await traces()).toEqual(before);
  });

  it.each<[string, string, () => string, () => object]>([
    ['a type', 'PATCH', () => typePath, () => ({ entityType: { data: { c: 1 } } })],
    ['a permission', 'PATCH', () => permissionPath, () => ({ permission: { isDefault: false } })],
    ['an entity', 'PATCH', () => entityPath, () => ({ entity: { name: 'Renamed' } })],
    [
      'a secret',
      'PATCH',
      () => entityPath,
      () => ({ entity: { clientSecret: 'another one that is long enough' } }),
    ],
    ['a grant', 'PUT', () => grantPath, () => ({ grant: { ...grant(), data: { a: 2 } } })],
  ])('and what changes %s leaves one', async (_what, method, path, body) => {
    const before = await traces();

    expect((await app.request(method, path(), { body: body() })).status).toBe(200);

    expect(await traces()).not.toEqual(before);
  });

  it.each([
    ['a type', () => typePath],
    ['a permission', () => permissionPath],
    ['an entity', () => entityPath],
    ['a tenant', () => `/api/tenant/${app.tenantId}`],
  ])('is not said by null: a PATCH of %s with that body is refused', async (_what, path) => {
    for (const type of ['application/json', 'application/merge-patch+json']) {
      const headers = { 'content-type': type };
      const answer = await app.request('PATCH', path(), { body: 'null', headers });
      expect(answer).toMatchObject({
        status: 400,
        body: { generalErrors: [{ code: '[invalid]' }] },
      });
    }
  });
});
