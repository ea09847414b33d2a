import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { testContext } from '../support/test-context.js';

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

  describe('and a key of one tenant', () => {
    let key: string;
    let foreignTenant: { id: string; name: string };
    beforeAll(async () => {
      const draft = { ...superKeyDraft, tenantId: app.tenantId };
      key = (await app.get(ApiKeyService).create(testContext, draft)).text;
      foreignTenant = (await make('/api/tenant', 'tenant')).body.tenant;
    });

    const anEntity = async (tenantId: string, more: object = {}) =>
      (await make('/api/entity', 'entity', { type: { id: typeId }, ...more }, tenantId)).body
        .entity;
    const makeWithKey = (path: string, more: object = {}) =>
      app.request('POST', path, {
        key,
        body: { entity: { name: 'x', type: { id: typeId }, ...more } },
      });
    const onlyCode = (body: { fieldErrors: Record<string, { code: string }[]> }) =>
      Object.values(body.fieldErrors).flatMap((errors) => errors.map(({ code }) => code));

    it('FIND C6 are told of their own duplicates', async () => {
      const own = await anEntity(app.tenantId, { clientId: randomUUID() });

      expect(await makeWithKey(`/api/entity/${own.id}`)).toMatchObject(refusal('entity.id'));
      expect(await makeWithKey('/api/entity', { clientId: own.clientId })).toMatchObject(
        refusal('entity.clientId'),
      );
    });

    it.each([
      ['id', 'entity.id', (foreign: { id: string }) => makeWithKey(`/api/entity/${foreign.id}`)],
      [
        'client id as an id',
        'entity.id',
        (foreign: { clientId: string }) => makeWithKey(`/api/entity/${foreign.clientId}`),
      ],
      [
        'client id',
        'entity.clientId',
        (foreign: { clientId: string }) =>
          makeWithKey('/api/entity', { clientId: foreign.clientId }),
      ],
    ])('FIND C6 are not told whose the %s is', async (_what, field, ask) => {
      const foreign = await anEntity(foreignTenant.id, { clientId: randomUUID() });

      const answer = await ask(foreign);

      expect([answer.status, onlyCode(answer.body)]).toEqual([400, [`[invalid]${field}`]]);
      expect(answer.text).not.toContain('exists');
    });

    it('FIND C6 are told what is their own and nothing of the rest', async () => {
      const own = await anEntity(app.tenantId);
      const foreign = await anEntity(foreignTenant.id, { clientId: randomUUID() });

      const answer = await makeWithKey(`/api/entity/${own.id}`, { clientId: foreign.clientId });

      expect(answer).toMatchObject(refusal('entity.id'));
    });

    it('FIND C6 cannot guess client ids: the answer to a name is the same, taken or not', async () => {
      const foreign = await anEntity(foreignTenant.id, { clientId: `okta-${randomUUID()}` });

      const taken = await makeWithKey('/api/entity', { clientId: foreign.clientId });
      const free = await makeWithKey('/api/entity', { clientId: `okta-${randomUUID()}` });

      expect(taken.status).toBe(400);
      expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    });

    it('FIND C6 may choose ids that nobody has', async () => {
      const [id, clientId] = [randomUUID(), randomUUID()];

      const made = await makeWithKey(`/api/entity/${id}`, { clientId });

      expect(made).toMatchObject({ status: 200, body: { entity: { id, clientId } } });
    });

    it('FIND C6 cannot guess the names of tenants: the answer is the same, taken or not', async () => {
      const path = `/api/tenant/${app.tenantId}`;
      const rename = (name: string) =>
        app.request('PATCH', path, { key, body: { tenant: { name } } });
      const own = (await app.request('GET', path, { key })).body.tenant;

      const taken = await rename(foreignTenant.name);
      const free = await rename(randomUUID());
      const same = await app.request('PUT', path, {
        key,
        body: { tenant: { name: own.name, data: { kept: true } } },
      });

      expect([taken.status, onlyCode(taken.body)]).toEqual([400, ['[invalid]tenant.name']]);
      expect(taken.text).toBe(free.text);
      expect(same).toMatchObject({ status: 200, body: { tenant: { data: { kept: true } } } });
    });

    it.each(['POST', 'PATCH'])(
      'FIND C6 see no difference between a foreign parent and none, by %s',
      async (method) => {
        const foreign = await anEntity(foreignTenant.id);
        const own = await anEntity(app.tenantId);
        const path = method === 'POST' ? '/api/entity' : `/api/entity/${own.id}`;
        const ask = async (parentId: string) => {
          const body = { entity: { name: 'x', type: { id: typeId }, parentId } };
          const { status, text } = await app.request(method, path, { key, body });
          return [status, text.replace(parentId, '')];
        };

        expect(await ask(foreign.id)).toEqual(await ask(randomUUID()));
        expect((await ask(foreign.id))[0]).toBe(400);
        expect((await ask((await anEntity(app.tenantId)).id))[0]).toBe(200);
      },
    );
  });
});
