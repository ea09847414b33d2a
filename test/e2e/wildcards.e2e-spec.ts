import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection } from '../support/scim-connection.js';

describe.each(databases)('wildcards in a search on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  it('may stand anywhere in a name, and all else stands for itself', async () => {
    const mark = randomUUID().slice(0, 8);
    const names = [`${mark} a-100%_b`, `${mark} a-100xxb`, `${mark} b-a[x]?`];
    for (const name of names) {
      const made = await app.request('POST', '/api/tenant', { body: { tenant: { name } } });
      expect(made.status).toBe(200);
    }
    const find = async (name: string) => {
      const search = { name, orderBy: 'name' };
      const found = await app.request('POST', '/api/tenant/search', { body: { search } });
      expect(found.status).toBe(200);
      return found.body.tenants.map((tenant: { name: string }) => tenant.name);
    };

    expect(await find(`${mark}*A*B`)).toEqual(names.slice(0, 2));
    expect(await find(`*${mark}*%_*b`)).toEqual(names.slice(0, 1));
    expect(await find(`${mark}*b*a[x]?*`)).toEqual(names.slice(2));
    expect(await find(`${mark}*b*a[xy]?`)).toEqual([]);
    expect(await find(`${mark}${'*a'.repeat(60)}*`)).toEqual([]);
  });

  it('may stand anywhere in the term of an entity search, where a client id keeps its case', async () => {
    const { tenantId, clientEntityId } = await aScimConnection(app);
    const headers = { 'x-fusionauth-tenantid': tenantId };
    const type = (await app.request('GET', `/api/entity/${clientEntityId}`)).body.entity.type;
    const mark = randomUUID().slice(0, 8);
    const entity = { name: 'Machine', clientId: `${mark}-Ab-Cd-Ef`, type: { id: type.id } };
    const made = await app.request('POST', '/api/entity', { body: { entity }, headers });
    const find = async (queryString: string) => {
      const body = { search: { queryString } };
      const found = await app.request('POST', '/api/entity/search', { body, headers });
      return found.body.entities.map(({ id }: { id: string }) => id);
    };

    expect(await find(`${mark}*Cd*Ef`)).toEqual([made.body.entity.id]);
    expect(await find(`${mark}*CD*EF`)).toEqual([]);
    expect(await find('M*ch*e')).toEqual([made.body.entity.id]);
  });
});
