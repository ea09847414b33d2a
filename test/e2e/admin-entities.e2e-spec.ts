import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { KeyService } from '../../src/keys/key.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('entity types and entities on $name', (database) => {
  let app: TestApp;
  let otherTenantId: string;

  beforeAll(async () => {
    app = await startApp(database);
    const other = await app.request('POST', '/api/tenant', { body: { tenant: { name: 'Other' } } });
    otherTenantId = other.body.tenant.id;
  });
  afterAll(() => app.close());

  const inTenant = (tenantId = app.tenantId) => ({
    headers: { 'x-fusionauth-tenantid': tenantId },
  });

  async function aType(body: object = {}): Promise<string> {
    const made = await app.request('POST', '/api/entity/type', {
      body: { entityType: { name: randomUUID(), ...body } },
    });
    expect(made.status).toBe(200);
    return made.body.entityType.id;
  }

  async function anEntity(
    body: object = {},
    tenantId = app.tenantId,
  ): Promise<{ id: string; clientId: string; clientSecret: string }> {
    const entity = { name: randomUUID(), type: { id: await aType() }, ...body };
    const made = await app.request('POST', '/api/entity', {
      body: { entity },
      ...inTenant(tenantId),
    });
    expect(made.status).toBe(200);
    return made.body.entity;
  }

  describe('entity types', () => {
    it('are made, read, listed and searched by their whole name', async () => {
      const name = `Type ${randomUUID()}`;
      const id = await aType({
        name,
        permissions: [{ name: 'write' }, { name: 'read', isDefault: true }],
      });

      const read = await app.request('GET', `/api/entity/type/${id}`);
      const list = await app.request('GET', '/api/entity/type');
      const search = (text: string) =>
        app.request('POST', '/api/entity/type/search', { body: { search: { name: text } } });

      expect(read.body.entityType).toMatchObject({
        id,
        name,
        jwtConfiguration: { enabled: false },
      });
      expect(
        read.body.entityType.permissions.map((permission: { name: string }) => permission.name),
      ).toEqual(['read', 'write']);
      expect(list.body.entityTypes).toContainEqual(read.body.entityType);
      expect((await search(name.toUpperCase())).body).toMatchObject({
        total: 1,
        entityTypes: [{ id }],
      });
      expect((await search(name.slice(0, -1))).body.total).toBe(0);
      expect((await app.request('GET', '/api/entity/type/search?name=*')).body.total).toBe(
        list.body.entityTypes.length,
      );
    });

    it('FIND C14 with a lifetime of 0 have none, unless their settings are on', async () => {
      const none = { enabled: false, timeToLiveInSeconds: 0 };
      const id = await aType({ jwtConfiguration: none });

      const read = await app.request('GET', `/api/entity/type/${id}`);
      const put = await app.request('PUT', `/api/entity/type/${id}`, {
        body: { entityType: { name: id, jwtConfiguration: none } },
      });
      const on = await app.request('PATCH', `/api/entity/type/${id}`, {
        body: { entityType: { jwtConfiguration: { ...none, enabled: true } } },
      });

      expect(read.body.entityType.jwtConfiguration).toEqual({
        enabled: false,
        timeToLiveInSeconds: 60,
      });
      expect(put.body.entityType.jwtConfiguration).toEqual(read.body.entityType.jwtConfiguration);
      expect(Object.keys(on.body.fieldErrors)).toEqual([
        'entityType.jwtConfiguration.timeToLiveInSeconds',
      ]);
    });

    it.each(['POST', 'PATCH'])('FIND C2 name keys that exist, by %s', async (method) => {
      const keyId = await app.get(KeyService).getDefaultId();
      const path = method === 'POST' ? '/api/entity/type' : `/api/entity/type/${await aType()}`;
      const ask = (...ids: string[]) =>
        app.request(method, path, {
          body: {
            entityType: {
              name: randomUUID(),
              jwtConfiguration: { accessTokenVerificationKeyIds: ids },
            },
          },
        });
      const field = 'entityType.jwtConfiguration.accessTokenVerificationKeyIds';

      const refused = await ask(keyId, randomUUID(), randomUUID());
      const taken = await ask(keyId);

      expect(refused.status).toBe(400);
      expect(refused.body.fieldErrors[field]).toMatchObject([
        { code: `[invalid]${field}` },
        { code: `[invalid]${field}` },
      ]);
      expect(taken.body.entityType.jwtConfiguration.accessTokenVerificationKeyIds).toEqual([keyId]);
    });

    it('keep their permissions when they are replaced', async () => {
      const id = await aType({ permissions: [{ name: 'read' }], data: { a: 1 } });
      const jwtConfiguration = { enabled: true, timeToLiveInSeconds: 120 };

      const put = await app.request('PUT', `/api/entity/type/${id}`, {
        body: { entityType: { name: id, jwtConfiguration } },
      });
      const patched = await app.request('PATCH', `/api/entity/type/${id}`, {
        body: { entityType: { data: { b: 2 } } },
      });

      expect(put.body.entityType).toMatchObject({
        name: id,
        data: {},
        jwtConfiguration,
        permissions: [{ name: 'read' }],
      });
      expect(patched.body.entityType).toMatchObject({
        name: id,
        data: { b: 2 },
        jwtConfiguration,
        permissions: [{ name: 'read' }],
      });
    });

    it('can not be deleted while an entity is of the type', async () => {
      const id = await aType();
      const entity = await anEntity({ type: { id } });

      const refused = await app.request('DELETE', `/api/entity/type/${id}`);
      await app.request('DELETE', `/api/entity/${entity.id}`);
      const deleted = await app.request('DELETE', `/api/entity/type/${id}`);

      expect(refused.status).toBe(400);
      expect(deleted).toMatchObject({ status: 200, text: '' });
      expect((await app.request('GET', `/api/entity/type/${id}`)).status).toBe(404);
    });

    it('are none of the business of a key of one tenant', async () => {
      const { text: key } = await app
        .get(ApiKeyService)
        .create(testContext, { ...superKeyDraft, tenantId: app.tenantId });

      for (const path of [
        '/api/entity/type',
        `/api/entity/type/${await aType()}`,
        '/api/entity/type/search',
      ]) {
        expect((await app.request('GET', path, { key })).status).toBe(401);
      }
    });
  });

  describe('permissions', () => {
    it('have their own calls, by id and by name', async () => {
      const typeId = await aType();
      const path = `/api/entity/type/${typeId}/permission`;
      const id = randomUUID();

      const made = await app.request('POST', `${path}/${id}`, {
        body: { permission: { name: 'scim:user:read', description: 'Reads.' } },
      });
      const twice = await app.request('POST', path, {
        body: { permission: { name: 'scim:user:read' } },
      });
      const changed = await app.request('PATCH', `${path}/${id}`, {
        body: { permission: { isDefault: true } },
      });
      const renamed = await app.request('PUT', `${path}/${id}`, {
        body: { permission: { name: 'other' } },
      });
      const byName = await app.request('DELETE', `${path}?name=scim:user:read`);

      expect(made).toMatchObject({
        status: 200,
        body: { permission: { id, name: 'scim:user:read', isDefault: false } },
      });
      expect(twice.body.fieldErrors['permission.name'][0].code).toBe('[duplicate]permission.name');
      expect(changed.body.permission).toMatchObject({ id, isDefault: true, description: 'Reads.' });
      expect(renamed).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'permission.name': [{}] } },
      });
      expect(byName).toMatchObject({ status: 200, text: '' });
      expect((await app.request('DELETE', `${path}/${id}`)).status).toBe(404);
      expect((await app.request('DELETE', `${path}?name=undefined`)).status).toBe(400);
      expect((await app.request('GET', path)).status).toBe(405);
    });
  });

  describe('entities', () => {
    it('get a client id and a secret that every answer about them carries', async () => {
      const entity = await anEntity({ data: { companyType: 'Legal' } });

      const read = await app.request('GET', `/api/entity/${entity.id}`);

      expect(entity.clientId).toBe(entity.id);
      expect(entity.clientSecret).toMatch(/^rcs_[\w-]{43}$/);
      expect(read.body.entity).toEqual(entity);
      expect(read.body.entity).toMatchObject({
        tenantId: app.tenantId,
        data: { companyType: 'Legal' },
        type: { jwtConfiguration: { enabled: false } },
      });
    });

    it('keep the secret through PUT and PATCH unless a new one is given', async () => {
      const clientSecret = '+/=%ü, of 24 characters.';
      const entity = await anEntity({ clientId: `client-${randomUUID()}`, clientSecret });
      const body = { entity: { name: 'Put', type: { id: await aType() } } };

      const put = await app.request('PUT', `/api/entity/${entity.id}`, { body });
      const patched = await app.request('PATCH', `/api/entity/${entity.id}`, {
        body: { entity: { name: 'Patched' } },
      });
      const renewed = await app.request('PATCH', `/api/entity/${entity.id}`, {
        body: { entity: { clientSecret: 'new, of 24 characters...' } },
      });
      const moved = await app.request('PATCH', `/api/entity/${entity.id}`, {
        body: { entity: { clientId: 'other' } },
      });

      expect(put.body.entity).toMatchObject({
        name: 'Put',
        clientId: entity.clientId,
        clientSecret,
      });
      expect(patched.body.entity).toMatchObject({ name: 'Patched', clientSecret });
      expect(renewed.body.entity).toMatchObject({
        name: 'Patched',
        clientSecret: 'new, of 24 characters...',
      });
      expect(moved).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'entity.clientId': [{}] } },
      });
    });

    it('name what is wrong: a taken client id, an unknown type, all that is missing', async () => {
      const { clientId } = await anEntity();
      const post = (entity: object) =>
        app.request('POST', '/api/entity', { body: { entity }, ...inTenant() });

      const taken = await post({ name: 'x', type: { id: await aType() }, clientId });
      const unknown = await post({ name: 'x', type: { id: randomUUID() } });
      const empty = await post({});

      expect(taken.body.fieldErrors['entity.clientId'][0].code).toBe('[duplicate]entity.clientId');
      expect(unknown.body.fieldErrors['entity.type.id'][0].code).toBe('[invalid]entity.type.id');
      expect(Object.keys(empty.body.fieldErrors).sort()).toEqual(['entity.name', 'entity.type.id']);
      expect([taken.status, unknown.status, empty.status]).toEqual([400, 400, 400]);
    });

    it('need a tenant when there are several: from the header or the key, never from the body', async () => {
      const entity = { name: 'x', type: { id: await aType() }, tenantId: otherTenantId };
      const { text: key } = await app
        .get(ApiKeyService)
        .create(testContext, { ...superKeyDraft, tenantId: app.tenantId });

      const nowhere = await app.request('POST', '/api/entity', { body: { entity } });
      const byKey = await app.request('POST', '/api/entity', { body: { entity }, key });
      const conflicting = await app.request('POST', '/api/entity', {
        body: { entity },
        key,
        ...inTenant(otherTenantId),
      });
      const unknown = await app.request('POST', '/api/entity', {
        body: { entity },
        ...inTenant(randomUUID()),
      });

      expect(nowhere).toMatchObject({
        status: 400,
        body: { generalErrors: [{ code: '[TenantIdRequired]' }] },
      });
      expect(byKey.body.entity.tenantId).toBe(app.tenantId);
      expect(conflicting.status).toBe(404);
      expect(unknown.status).toBe(400);
    });

    it('of another tenant are not there', async () => {
      const { id } = await anEntity({}, otherTenantId);
      const { text: key } = await app
        .get(ApiKeyService)
        .create(testContext, { ...superKeyDraft, tenantId: app.tenantId });
      const body = { entity: { name: 'mine', type: { id: await aType() } } };

      for (const options of [{ key }, inTenant()]) {
        expect((await app.request('GET', `/api/entity/${id}`, options)).status).toBe(404);
        expect((await app.request('PUT', `/api/entity/${id}`, { ...options, body })).status).toBe(
          404,
        );
        expect((await app.request('PATCH', `/api/entity/${id}`, { ...options, body })).status).toBe(
          404,
        );
        expect((await app.request('DELETE', `/api/entity/${id}`, options)).status).toBe(404);
        const found = await app.request('GET', `/api/entity/search?ids=${id}`, options);
        expect(found.body).toEqual({ entities: [], total: 0 });
      }
      expect((await app.request('GET', `/api/entity/${id}`)).status).toBe(200);
    });

    it('are found by ids, by a term and by everything, with their secrets', async () => {
      const typeName = `Type-${randomUUID()}`;
      const type = { id: await aType({ name: typeName }) };
      const [first, second] = [
        await anEntity({ type, name: `b-${typeName}` }),
        await anEntity({ type, name: 'a name' }),
      ];
      const search = (criteria: object) =>
        app.request('POST', '/api/entity/search', { body: { search: criteria }, ...inTenant() });

      const byIds = await search({ ids: [second.id, randomUUID(), first.id.toUpperCase()] });
      const byQuery = await app.request(
        'GET',
        `/api/entity/search?ids=${second.id}&ids=${first.id}`,
        inTenant(),
      );
      const byType = await search({
        queryString: typeName.toUpperCase(),
        sortFields: [{ name: 'name', order: 'desc' }],
      });
      const byName = await search({ queryString: `B-${typeName}` });
      const byClientId = await search({ queryString: first.clientId.toUpperCase() });
      const page = await search({ queryString: '*', numberOfResults: 1 });

      expect(byIds.body).toEqual({ entities: [second, first], total: 2 });
      expect(byQuery.body).toEqual(byIds.body);
      expect(byType.body).toEqual({ entities: [first, second], total: 2 });
      expect(byName.body).toEqual({ entities: [first], total: 1 });
      expect(byClientId.body).toEqual({ entities: [first], total: 1 });
      expect(page.body.entities).toHaveLength(1);
      expect(page.body.total).toBe((await search({ numberOfResults: 1_000 })).body.entities.length);
      expect((await app.request('PUT', '/api/entity/search')).status).toBe(200);
    });

    it('FIND C13 take an empty list of ids, or an empty text, as none', async () => {
      const name = randomUUID();
      const entity = await anEntity({ name });
      const search = (criteria: object) =>
        app.request('POST', '/api/entity/search', { body: { search: criteria }, ...inTenant() });
      const empty = { ids: [], sortFields: [], query: '', nextResults: '', accurateTotal: false };

      const byName = await search({ ...empty, queryString: name });
      const all = await search({ ...empty, queryString: '', numberOfResults: 1_000 });

      expect(byName.body).toEqual({ entities: [entity], total: 1 });
      expect(all.body.total).toBe((await search({ numberOfResults: 1_000 })).body.total);
      expect((await search({ ...empty, query: '{}' })).status).toBe(400);
      expect((await search({ ids: [entity.id], query: '{}' })).body.total).toBe(1);
    });

    it('of another tenant are neither found nor counted by any search', async () => {
      const foreign = await anEntity({ name: `Foreign-${randomUUID()}` }, otherTenantId);
      const { name, type } = (await app.request('GET', `/api/entity/${foreign.id}`)).body.entity;

      for (const queryString of [name, type.name, foreign.clientId, `${name.slice(0, 12)}*`]) {
        const body = { search: { queryString } };
        const here = await app.request('POST', '/api/entity/search', { body, ...inTenant() });
        const there = await app.request('POST', '/api/entity/search', {
          body,
          ...inTenant(otherTenantId),
        });

        expect(here.body).toEqual({ entities: [], total: 0 });
        expect(there.body).toMatchObject({ entities: [{ id: foreign.id }], total: 1 });
      }
    });

    it('say so when a search needs the query language', async () => {
      const refused = await app.request('POST', '/api/entity/search', {
        body: { search: { queryString: 'name:x' } },
        ...inTenant(),
      });

      expect(refused).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'search.queryString': [{ code: '[invalid]search.queryString' }] } },
      });
    });

    it('are gone after DELETE', async () => {
      const { id } = await anEntity();

      expect(await app.request('DELETE', `/api/entity/${id}`)).toMatchObject({
        status: 200,
        text: '',
      });
      expect((await app.request('GET', `/api/entity/${id}`)).status).toBe(404);
      expect((await app.request('DELETE', `/api/entity/${id}`)).status).toBe(404);
    });
  });
});

describe.each(databases)('entities on $name where secrets are shown once', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database, { secrets: 'once' });
  });
  afterAll(() => app.close());

  it('carry the secret in the answer that set it and in no later one', async () => {
    const type = (
      await app.request('POST', '/api/entity/type', { body: { entityType: { name: 'Machine' } } })
    ).body.entityType;
    const made = await app.request('POST', '/api/entity', {
      body: { entity: { name: 'x', type: { id: type.id } } },
    });
    const path = `/api/entity/${made.body.entity.id}`;

    const read = await app.request('GET', path);
    const renamed = await app.request('PATCH', path, { body: { entity: { name: 'y' } } });
    const renewed = await app.request('PATCH', path, {
      body: { entity: { clientSecret: 'fresh, of 24 characters.' } },
    });

    expect(made.body.entity.clientSecret).toMatch(/^rcs_/);
    expect(read.body.entity).not.toHaveProperty('clientSecret');
    expect(renamed.body.entity).not.toHaveProperty('clientSecret');
    expect(renewed.body.entity.clientSecret).toBe('fresh, of 24 characters.');
  });
});
