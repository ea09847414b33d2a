import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { TokenPurge } from '../../src/tokens/token-purge.js';
import { type TestApp, startApp } from '../support/app.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** Every table whose rows belong to a tenant and say so. */
const tenantTables =
  /\b(?:from|join|update|into)\s+"?(entities|entity_grants|users|groups|tokens|counters|user_values|user_external_ids|group_external_ids)"?(?![\w])/gi;

/** The look-ups by which a tenant is found out, and the purge, which is the installation's; there are no others without one. */
const withoutTenant = [
  /from entities where id = (\?|\$1)$/,
  /from "entities" "EntityRow" where \(\(?"EntityRow"\."client_id" = (\?|\$1)\)?\) limit 1$/i,
  /^select ends, jti from tokens where ends < (\?|\$1) /,
];

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The work of a day, over SCIM and the admin API. */
async function work(app: TestApp, { scim, ...ids }: TestScimConnection): Promise<void> {
  const ann = await scim('POST', '/Users', {
    schemas: [userSchema],
    userName: 'ann',
    externalId: 'x',
    password: 'secret',
    emails: [{ value: 'ann@corp.test', type: 'work' }],
  });
  const group = await scim('POST', '/Groups', {
    schemas: [groupSchema],
    displayName: 'All',
    members: [{ value: ann.body.id }],
  });
  const filters = [
    'userName eq "ann"',
    'externalId eq "x"',
    'emails[type eq "work"].value eq "ann@corp.test"',
    `groups.value eq "${group.body.id}"`,
    'title co "x" or not (name.familyName pr)',
  ];
  for (const filter of filters) await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);
  for (const filter of [
    `members.value eq "${ann.body.id}"`,
    'displayName eq "all"',
    'externalId pr',
  ]) {
    await scim('GET', `/Groups?filter=${encodeURIComponent(filter)}`);
  }
  await scim('GET', '/Users');
  await scim('GET', `/Groups/${group.body.id}`);
  const patch = (value: object) => ({
    schemas: [patchSchema],
    Operations: [{ op: 'replace', value }],
  });
  await scim(
    'PATCH',
    `/Users/${ann.body.id}`,
    patch({ active: false, userName: 'anna', externalId: 'y' }),
  );
  await scim('PATCH', `/Groups/${group.body.id}`, patch({ displayName: 'Some', members: [] }));
  await scim('PUT', `/Groups/${group.body.id}`, {
    ...group.body,
    members: [{ value: ann.body.id }],
  });
  const headers = { 'x-fusionauth-tenantid': ids.tenantId };
  for (const path of [
    `/api/entity/${ids.clientEntityId}`,
    '/api/entity/search?name=*',
    `/api/entity/${ids.serverEntityId}/grant`,
    `/api/entity/grant/search?entityId=${ids.clientEntityId}`,
    `/api/rollcall/tenant/${ids.tenantId}/scim`,
  ]) {
    expect((await app.request('GET', path, { headers })).status).toBe(200);
  }
  await app.request('PATCH', `/api/entity/${ids.clientEntityId}`, {
    headers,
    body: { entity: { name: 'Renamed' } },
  });
  await scim('DELETE', `/Groups/${group.body.id}`);
  await scim('DELETE', `/Users/${ann.body.id}`);
  await app.request(
    'DELETE',
    `/api/entity/${ids.serverEntityId}/grant?recipientEntityId=${ids.clientEntityId}`,
    { headers },
  );
}

/** What the database's driver is given since the mocks were cleared; to be called before it has connections. */
function statementsGivenTo({ name }: TestDatabase): () => string[] {
  const { prototype } = SqliteConnection;
  const spies =
    name === 'sqlite'
      ? [jest.spyOn(prototype, 'all'), jest.spyOn(prototype, 'run')]
      : [jest.spyOn(pg.Client.prototype, 'query')];
  return () => {
    const given = spies.flatMap(({ mock }) => mock.calls.map(([statement]) => textOf(statement)));
    return [...new Set(given)];
  };
}

/** PostgreSQL's driver takes a statement as text or as an object that holds it. */
function textOf(statement: unknown): string {
  const text =
    typeof statement === 'object' && statement !== null && 'text' in statement
      ? statement.text
      : statement;
  return String(text).replace(/\s+/g, ' ').trim();
}

describe.each(databases)('every statement on $name', (database) => {
  let app: TestApp;
  let given: () => string[];
  beforeAll(async () => {
    given = statementsGivenTo(database);
    app = await startApp(database);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  it('has the tenant in it when it touches a tenant table', async () => {
    const connection = await aScimConnection(app);
    jest.clearAllMocks();

    await work(app, connection);
    await app.get(TokenPurge).purge();

    const onTenantTables = given().filter((text) => text.match(tenantTables) !== null);
    const without = onTenantTables.filter(
      (text) => !/tenant_id/.test(text) && !withoutTenant.some((known) => known.test(text)),
    );
    expect(onTenantTables.length).toBeGreaterThan(20);
    expect(without).toEqual([]);
  });
});
