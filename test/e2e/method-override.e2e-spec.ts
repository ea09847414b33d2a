import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

/** How FusionAuth's Java client sends PATCH. */
const asPatch = { 'x-http-method-override': 'PATCH' };

describe.each(databases)('POST that is meant as PATCH on $name', (database) => {
  let app: TestApp;
  let typeId: string;
  let permissionId: string;
  let entityId: string;
  beforeAll(async () => {
    app = await startApp(database);
    const type = await app.request('POST', '/api/entity/type', {
      body: { entityType: { name: 'Machine', permissions: [{ name: 'read' }] } },
    });
    typeId = type.body.entityType.id;
    permissionId = type.body.entityType.permissions[0].id;
    const entity = await app.request('POST', '/api/entity', {
      body: { entity: { name: 'One', type: { id: typeId } } },
    });
    entityId = entity.body.entity.id;
  });
  afterAll(() => app.close());

  const send = (path: string, body: unknown, headers: Record<string, string> = asPatch) =>
    app.request('POST', path, { body, headers });

  it.each([
    ['a tenant', '/api/tenant', 'tenant'],
    ['a type', '/api/entity/type', 'entityType'],
    ['an entity', '/api/entity', 'entity'],
  ])('FIND C12 creates nothing under the unknown id of %s', async (_what, folder, wrapper) => {
    const path = `${folder}/${randomUUID()}`;
    const object = { name: randomUUID(), type: { id: typeId } };

    const answer = await send(path, { [wrapper]: object });

    expect([answer.status, answer.text]).toEqual([404, '']);
    expect((await app.request('GET', path)).status).toBe(404);
  });

  it.each([
    ['a tenant', () => `/api/tenant/${app.tenantId}`, 'tenant'],
    ['a type', () => `/api/entity/type/${typeId}`, 'entityType'],
    ['a permission', () => `/api/entity/type/${typeId}/permission/${permissionId}`, 'permission'],
    ['an entity', () => `/api/entity/${entityId}`, 'entity'],
  ])('FIND C12 changes what is named of %s and keeps the rest', async (_what, path, wrapper) => {
    const first = await send(path(), { [wrapper]: { data: { kept: 1 } } });

    const second = await send(path(), { [wrapper]: { data: { added: 2 } } });

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body[wrapper]).toMatchObject({
      id: first.body[wrapper].id,
      name: first.body[wrapper].name,
      data: { kept: 1, added: 2 },
    });
  });

  it('FIND C12 needs the permission for PATCH, and no other', async () => {
    const keyFor = async (...methods: string[]) => {
      const draft = { ...superKeyDraft, endpoints: { '/api/entity': methods } };
      return (await app.get(ApiKeyService).create(testContext, draft)).text;
    };
    const patch = (key: string) =>
      app.request('POST', `/api/entity/${entityId}`, {
        key,
        headers: asPatch,
        body: { entity: { name: 'Two' } },
      });

    expect((await patch(await keyFor('GET', 'POST', 'PUT', 'DELETE'))).status).toBe(401);
    expect((await patch(await keyFor('PATCH'))).status).toBe(200);
  });

  it.each(['DELETE', 'GET', 'PUT', 'POST', 'patch', 'PATCH, PATCH', ''])(
    'FIND C12 refuses the value %j and does nothing',
    async (value) => {
      const path = `/api/entity/${randomUUID()}`;
      const headers = { 'x-http-method-override': value };

      const onUnknown = await send(path, { entity: { name: 'x', type: { id: typeId } } }, headers);
      const onKnown = await send(`/api/entity/${entityId}`, {}, headers);

      for (const answer of [onUnknown, onKnown]) {
        expect(answer).toMatchObject({
          status: 400,
          body: { generalErrors: [{ code: '[invalid]' }] },
        });
      }
      expect((await app.request('GET', path)).status).toBe(404);
      expect((await app.request('GET', `/api/entity/${entityId}`)).status).toBe(200);
    },
  );

  it.each(['GET', 'PUT', 'DELETE'])('FIND C12 turns no %s into a PATCH', async (method) => {
    const path = `/api/entity/${entityId}`;
    const before = await app.request('GET', path);
    const entity = { name: randomUUID(), type: { id: typeId } };

    const answer = await app.request(method, path, { headers: asPatch, body: { entity } });

    expect(answer.status).toBe(400);
    expect((await app.request('GET', path)).body).toEqual(before.body);
  });

  it('FIND C12 takes a PATCH that says so twice', async () => {
    const answer = await app.request('PATCH', `/api/entity/${entityId}`, {
      headers: asPatch,
      body: { entity: { data: { twice: true } } },
    });

    expect(answer.body.entity.data).toMatchObject({ twice: true });
  });

  it.each(['/%61pi/entity', '//api/entity', '/api//entity', '/api/%65ntity', '/API/entity'])(
    'SEC A2 creates nothing when the path is spelled %s',
    async (folder) => {
      const id = randomUUID();

      const answer = await send(`${folder}/${id}`, { entity: { name: 'x', type: { id: typeId } } });

      expect([400, 404, 405]).toContain(answer.status);
      expect((await app.request('GET', `/api/entity/${id}`)).status).toBe(404);
    },
  );

  it('SEC A2 lets nobody past the guard', async () => {
    for (const key of [null, 'wrong', `Bearer ${app.apiKey}`]) {
      const answer = await app.request('POST', `/api/entity/${entityId}`, {
        key,
        headers: asPatch,
        body: { entity: { name: 'taken' } },
      });
      expect([answer.status, answer.text]).toEqual([401, '']);
    }
  });

  it('FIND C12 means nothing to SCIM', async () => {
    const connection = await aScimConnection(app);
    const key = `Bearer ${connection.token}`;
    const user = (userName: string) => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
    });
    const scim = (path: string, value: string) =>
      app.request('POST', `/api/scim/resource/v2${path}`, {
        key,
        headers: { 'x-http-method-override': value },
        body: user(randomUUID()),
      });

    const created = await scim('/Users', 'PATCH');

    expect(created.status).toBe(201);
    expect((await scim('/Users', 'DELETE')).status).toBe(201);
    expect((await scim(`/Users/${created.body.id}`, 'PATCH')).status).toBe(405);
  });
});
