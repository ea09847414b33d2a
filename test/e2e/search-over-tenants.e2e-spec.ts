import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { startApp, type TestApp, type TestRequest } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('a search that names no tenant on $name', (database) => {
  let app: TestApp;
  let acme: TestScimConnection;
  let globex: TestScimConnection;
  let acmeKey: string;
  beforeAll(async () => {
    app = await startApp(database);
    [acme, globex] = [await aScimConnection(app), await aScimConnection(app)];
    const made = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, tenantId: acme.tenantId });
    acmeKey = made.text;
  });
  afterAll(() => app.close());

  const entitiesOf = (...connections: TestScimConnection[]) =>
    connections.flatMap(({ clientEntityId, serverEntityId }) => [clientEntityId, serverEntityId]);

  const idsOf = (entities: readonly { id: string }[]) => entities.map(({ id }) => id).sort();

  const searchEntities = async (query: string, options: TestRequest = {}) => {
    const { status, body } = await app.request('GET', `/api/entity/search?${query}`, options);
    expect(status).toBe(200);
    expect(body.total).toBe(body.entities.length);
    return body.entities;
  };

  const searchGrants = async (query: string, options: TestRequest = {}) => {
    const { status, body } = await app.request('GET', `/api/entity/grant/search?${query}`, options);
    expect(status).toBe(200);
    expect(body.total).toBe(body.grants.length);
    return body.grants.map(({ entity }: { entity: { id: string } }) => entity.id).sort();
  };

  const inAcme: readonly [string, () => TestRequest][] = [
    ['a key of one tenant', () => ({ key: acmeKey })],
    ['a header', () => ({ headers: { 'x-fusionauth-tenantid': acme.tenantId } })],
  ];

  it('finds the entities of every tenant, by a term and by their ids', async () => {
    const all = entitiesOf(acme, globex).sort();
    const ids = all.map((id) => `ids=${id}`).join('&');

    expect(idsOf(await searchEntities('queryString=*'))).toEqual(all);
    expect(idsOf(await searchEntities(ids))).toEqual(all);
    expect(idsOf(await searchEntities(`queryString=${globex.clientId}`))).toEqual([
      globex.clientEntityId,
    ]);
  });

  it('can be sorted by the tenant', async () => {
    const sorted = await searchEntities('queryString=*&sortFields[0].name=tenantId');
    const tenants = sorted.map(({ tenantId }: { tenantId: string }) => tenantId);

    expect(tenants).toEqual([...tenants].sort());
    expect(new Set(tenants)).toEqual(new Set([acme.tenantId, globex.tenantId]));
  });

  it('finds the grants of every tenant', async () => {
    expect(await searchGrants('')).toEqual([acme.serverEntityId, globex.serverEntityId].sort());
    expect(await searchGrants(`entityId=${globex.clientEntityId}`)).toEqual([
      globex.serverEntityId,
    ]);
  });

  it.each(inAcme)('finds nothing of another tenant with %s', async (_what, options) => {
    const ids = entitiesOf(acme, globex)
      .map((id) => `ids=${id}`)
      .join('&');
    const own = entitiesOf(acme).sort();

    expect(idsOf(await searchEntities('queryString=*', options()))).toEqual(own);
    expect(idsOf(await searchEntities(ids, options()))).toEqual(own);
    expect(await searchEntities(`queryString=${globex.clientId}`, options())).toEqual([]);
    expect(await searchGrants('', options())).toEqual([acme.serverEntityId]);
    expect(await searchGrants(`entityId=${globex.clientEntityId}`, options())).toEqual([]);
  });

  it('is refused when the tenant that is named is none', async () => {
    const headers = { 'x-fusionauth-tenantid': randomUUID() };

    expect((await app.request('GET', '/api/entity/search', { headers })).status).toBe(400);
  });
});
