import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

describe.each(databases)('ids that the caller chooses on $name', (database) => {
  let app: TestApp;
  let typeId: string;
  beforeAll(async () => {
    app = await startApp(database);
    const type = await app.request('POST', '/api/entity/type', {
      body: { entityType: { name: randomUUID() } },
    });
    typeId = type.body.entityType.id;
  });
  afterAll(() => app.close());

  /** Makes something under the id, of a name that nothing else has. */
  const make = (path: string, wrapper: string, more: object = {}, tenantId = app.tenantId) =>
    app.request('POST', path, {
      body: { [wrapper]: { name: randomUUID(), ...more } },
      headers: wrapper === 'tenant' ? {} : { 'x-fusionauth-tenantid': tenantId },
    });

  const refusal = (field: string) => ({
    status: 400,
    body: { fieldErrors: { [field]: [{ code: `[duplicate]${field}` }] }, generalErrors: [] },
  });

  it.each([
    ['tenant', () => '/api/tenant', () => ({})],
    ['entityType', () => '/api/entity/type', () => ({})],
    ['permission', () => `/api/entity/type/${typeId}/permission`, () => ({})],
    ['entity', () => '/api/entity', () => ({ type: { id: typeId } })],
  ])('are refused as duplicates when a %s has one already', async (wrapper, folder, more) => {
    const path = `${folder()}/${randomUUID()}`;

    expect((await make(path, wrapper, more())).status).toBe(200);
    expect(await make(path, wrapper, more())).toMatchObject(refusal(`${wrapper}.id`));
  });

  it('are refused for an entity of another tenant too, whatever its client id', async () => {
    const other = await make('/api/tenant', 'tenant');
    const path = `/api/entity/${randomUUID()}`;
    const type = { id: typeId };
    expect((await make(path, 'entity', { type })).status).toBe(200);

    const elsewhere = await make(path, 'entity', { type }, other.body.tenant.id);
    const withClientId = await make(path, 'entity', { type, clientId: randomUUID() });

    expect(elsewhere).toMatchObject(refusal('entity.id'));
    expect(withClientId).toMatchObject(refusal('entity.id'));
  });

  it('are not asked for by grants: the second grant of a pair takes the place of the first', async () => {
    const [target, client] = [
      await make('/api/entity', 'entity', { type: { id: typeId } }),
      await make('/api/entity', 'entity', { type: { id: typeId } }),
    ];
    const path = `/api/entity/${target.body.entity.id}/grant`;
    const grant = { id: randomUUID(), recipientEntityId: client.body.entity.id };

    const first = await app.request('POST', path, { body: { grant } });
    const second = await app.request('POST', path, {
      body: { grant: { ...grant, data: { a: 1 } } },
    });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await app.request('GET', path)).body.grants).toMatchObject([{ data: { a: 1 } }]);
  });
});
