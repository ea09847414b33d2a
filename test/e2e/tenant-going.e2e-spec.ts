import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('a tenant that is being deleted on $name', (database) => {
  let app: TestApp;
  let going: TestScimConnection;
  let staying: TestScimConnection;
  let ownKey: string;
  beforeAll(async () => {
    app = await startApp(database);
    [going, staying] = [await aScimConnection(app), await aScimConnection(app)];
    const made = await app
      .get(ApiKeyService)
      .create(testContext, { ...superKeyDraft, tenantId: going.tenantId });
    ownKey = made.text;
    // As another process leaves it, which has been stopped in the midst of the work.
    await app
      .get(UnitOfWork)
      .execute(sql`update tenants set state = 'PendingDelete' where id = ${going.tenantId}`);
  });
  afterAll(() => app.close());

  const requestToken = ({ clientId, clientSecret, serverEntityId }: TestScimConnection) =>
    app.request('POST', '/oauth2/token', {
      key: null,
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `grant_type=client_credentials&scope=target-entity:${serverEntityId}`,
    });

  it('gives no tokens and takes none, and its neighbour does', async () => {
    expect((await requestToken(going)).body).toMatchObject({ error: 'invalid_client' });
    expect((await going.scim('GET', '/Users')).status).toBe(401);
    expect((await requestToken(staying)).status).toBe(200);
    expect((await staying.scim('GET', '/Users')).status).toBe(200);
  });

  it('has no objects for the admin API, and takes no new ones', async () => {
    const headers = { 'x-fusionauth-tenantid': going.tenantId };
    const entity = { name: 'x', type: { id: randomUUID() } };

    const read = await app.request('GET', `/api/entity/${going.clientEntityId}`);
    const grants = await app.request('GET', `/api/entity/${going.serverEntityId}/grant`);
    const made = await app.request('POST', '/api/entity', { body: { entity }, headers });
    const found = await app.request('GET', '/api/entity/search?queryString=*', { key: ownKey });
    const neighbour = await app.request('GET', `/api/entity/${staying.clientEntityId}`);

    expect([read.status, grants.status, made.status, found.status]).toEqual([404, 404, 400, 400]);
    expect(neighbour.status).toBe(200);
  });

  it('shows its state, is not changed, and is gone when its deletion is asked for again', async () => {
    const path = `/api/tenant/${going.tenantId}`;

    const shown = await app.request('GET', path);
    const patched = await app.request('PATCH', path, { body: { tenant: { name: 'Back' } } });
    const deleted = await app.request('DELETE', path);

    expect(shown.body.tenant.state).toBe('PendingDelete');
    expect(patched.status).toBe(400);
    expect(deleted.status).toBe(200);
    expect((await app.request('GET', path)).status).toBe(404);
  });
});
