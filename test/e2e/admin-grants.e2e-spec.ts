import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

describe.each(databases)('grants on $name', (database) => {
  let app: TestApp;
  let typeId: string;
  let target: string;
  let recipient: string;

  beforeAll(async () => {
    app = await startApp(database);
    const permissions = [{ name: 'read', isDefault: true }, { name: 'write' }, { name: 'sue' }];
    const made = await app.request('POST', '/api/entity/type', {
      body: { entityType: { name: 'Company', permissions } },
    });
    typeId = made.body.entityType.id;
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    target = await anEntity(`Target ${randomUUID()}`);
    recipient = await anEntity('Recipient');
  });

  async function anEntity(
    name: string,
    headers: Record<string, string> = { 'x-fusionauth-tenantid': app.tenantId },
  ): Promise<string> {
    const made = await app.request('POST', '/api/entity', {
      body: { entity: { name, type: { id: typeId } } },
      headers,
    });
    expect(made.status).toBe(200);
    return made.body.entity.id;
  }

  const save = (grant: object, method = 'POST') =>
    app.request(method, `/api/entity/${target}/grant`, { body: { grant } });
  const get = (query: string) => app.request('GET', `/api/entity/${target}/grant${query}`);

  it('are written without an answer and read one by one or all together', async () => {
    const saved = await save({
      recipientEntityId: recipient,
      permissions: ['write', 'sue'],
      data: { foo: 'bar' },
    });

    const one = await get(`?recipientEntityId=${recipient}&userId=undefined`);
    const all = await get('?recipientEntityId=null&userId=');

    expect(saved).toMatchObject({ status: 200, text: '' });
    expect(one.body.grant).toMatchObject({
      recipientEntityId: recipient,
      data: { foo: 'bar' },
      entity: { id: target },
    });
    expect([...one.body.grant.permissions].sort()).toEqual(['sue', 'write']);
    expect(all.body).toEqual({ grants: [one.body.grant] });
    expect(one.text).not.toContain('clientSecret');
  });

  it('give the default permissions when they name none, and are replaced by the next one', async () => {
    await save({ recipientEntityId: recipient });
    const first = await get(`?recipientEntityId=${recipient}`);
    await save({ recipientEntityId: recipient, permissions: ['sue'] }, 'PUT');
    const second = await get(`?recipientEntityId=${recipient}`);

    expect(first.body.grant.permissions).toEqual(['read']);
    expect(second.body.grant).toMatchObject({ id: first.body.grant.id, permissions: ['sue'] });
    expect((await get('')).body.grants).toHaveLength(1);
  });

  it('lose a permission that is deleted', async () => {
    const path = `/api/entity/type/${typeId}/permission`;
    await app.request('POST', path, { body: { permission: { name: 'temporary' } } });
    await save({ recipientEntityId: recipient, permissions: ['sue', 'temporary'] });

    await app.request('DELETE', `${path}?name=temporary`);

    expect((await get(`?recipientEntityId=${recipient}`)).body.grant.permissions).toEqual(['sue']);
  });

  it('name exactly one recipient, which is there, and permissions that the type has', async () => {
    const code = async (grant: object) => {
      const { status, body } = await save(grant);
      return [
        status,
        ...Object.values<{ code: string }[]>(body.fieldErrors)
          .flat()
          .map((error) => error.code),
      ];
    };

    expect(await code({ permissions: ['sue'] })).toEqual([400, '[missing]grant.recipientEntityId']);
    expect(await code({ recipientEntityId: recipient, userId: recipient })).toEqual([
      400,
      '[invalid]grant.recipientEntityId',
    ]);
    expect(await code({ recipientEntityId: randomUUID() })).toEqual([
      400,
      '[invalid]grant.recipientEntityId',
    ]);
    expect(await code({ userId: randomUUID() })).toEqual([400, '[invalid]grant.userId']);
    expect(await code({ recipientEntityId: recipient, permissions: ['fly', 'swim'] })).toEqual([
      400,
      '[invalid]grant.permissions',
      '[invalid]grant.permissions',
    ]);
    expect((await get('')).body).toEqual({ grants: [] });
  });

  it('are not given to who lives in another tenant, and not on who does', async () => {
    const other = await app.request('POST', '/api/tenant', {
      body: { tenant: { name: randomUUID() } },
    });
    const headers = { 'x-fusionauth-tenantid': other.body.tenant.id };
    const stranger = await anEntity('Stranger', headers);

    const refused = await save({ recipientEntityId: stranger });
    const hidden = await app.request('POST', `/api/entity/${target}/grant`, {
      body: { grant: { recipientEntityId: stranger } },
      headers,
    });

    expect(refused).toMatchObject({
      status: 400,
      body: { fieldErrors: { 'grant.recipientEntityId': [{}] } },
    });
    expect(hidden.status).toBe(404);
    expect((await app.request('GET', `/api/entity/${target}/grant`, { headers })).status).toBe(404);
    await app.request('DELETE', `/api/tenant/${other.body.tenant.id}`);
  });

  it('are deleted by their recipient', async () => {
    await save({ recipientEntityId: recipient });
    const remove = (query: string) => app.request('DELETE', `/api/entity/${target}/grant${query}`);

    expect((await remove('')).status).toBe(400);
    expect((await remove(`?recipientEntityId=${recipient}&userId=${recipient}`)).status).toBe(400);
    expect((await remove('?userId=ada')).body.fieldErrors.userId[0].code).toBe(
      '[couldNotConvert]userId',
    );
    expect(await remove(`?recipientEntityId=${recipient}`)).toMatchObject({
      status: 200,
      text: '',
    });
    expect((await remove(`?recipientEntityId=${recipient}`)).status).toBe(404);
    expect((await get(`?recipientEntityId=${recipient}`)).status).toBe(404);
  });

  it('go with their target and with their recipient', async () => {
    await save({ recipientEntityId: recipient });
    await app.request('DELETE', `/api/entity/${recipient}`);

    expect((await get('')).body).toEqual({ grants: [] });
    await app.request('DELETE', `/api/entity/${target}`);
    expect((await get('')).status).toBe(404);
  });

  it('are searched by who holds them and by the name of their target', async () => {
    const second = target;
    await save({ recipientEntityId: recipient });
    target = await anEntity('Zebra');
    await save({ recipientEntityId: recipient });
    const search = (criteria: object) =>
      app.request('POST', '/api/entity/grant/search', { body: { search: criteria } });
    const targets = (body: { grants: { entity: { id: string } }[] }) =>
      body.grants.map(({ entity }) => entity.id);

    const all = await search({ entityId: recipient, orderBy: 'name DESC' });
    const named = await app.request(
      'GET',
      `/api/entity/grant/search?entityId=${recipient}&name=zeb&userId=undefined`,
    );
    const held = await search({ entityId: second });
    const both = await search({ entityId: recipient, userId: recipient });

    expect(targets(all.body)).toEqual([target, second]);
    expect(all.body.total).toBe(2);
    expect(targets(named.body)).toEqual([target]);
    expect(held.body).toEqual({ grants: [], total: 0 });
    expect(both).toMatchObject({ status: 400, body: { fieldErrors: { 'search.userId': [{}] } } });
    expect(all.text).not.toContain('clientSecret');
  });
});
