import { deepStrictEqual as equal, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fusionauth from '@fusionauth/typescript-client';
import { Checks, given } from '../support/checks.js';

/** FusionAuth's TypeScript client against tenants, entity types, entities, grants and the token services. */

const { FusionAuthClient } = fusionauth;
const baseUrl = given('BASE_URL');
const tenantId = given('TENANT_ID');
const globalClient = new FusionAuthClient(given('API_KEY'), baseUrl);
const client = new FusionAuthClient(given('API_KEY'), baseUrl, tenantId);
const checks = new Checks();

/** The client throws an answer that is no success. */
const answers =
  (statusCode: number, code?: string) =>
  (answer: unknown): boolean => {
    equal((answer as { statusCode?: unknown }).statusCode, statusCode);
    if (code !== undefined) ok(JSON.stringify(answer).includes(`"code":"${code}"`), `no ${code}`);
    return true;
  };

async function checkTenants(): Promise<void> {
  const id = randomUUID();
  await checks.check('a tenant is made, read and found by name', async () => {
    await globalClient.createTenant(id, { tenant: { name: 'Acme', data: { plan: 'gold' } } });
    const { response } = await globalClient.retrieveTenant(id);
    equal([response.tenant?.name, response.tenant?.data], ['Acme', { plan: 'gold' }]);
    const found = await globalClient.searchTenants({ search: { name: 'acme' } });
    equal([found.response.total, found.response.tenants?.[0]?.id], [1, id]);
  });
  await checks.check('PATCH changes one field and keeps the others', async () => {
    const { response } = await globalClient.patchTenant(id, { tenant: { name: 'Acme Ltd' } });
    equal([response.tenant?.name, response.tenant?.data], ['Acme Ltd', { plan: 'gold' }]);
  });
  await checks.check('a name that is taken is a duplicate', () =>
    rejects(
      globalClient.createTenant(randomUUID(), { tenant: { name: 'Acme Ltd' } }),
      answers(400, '[duplicate]tenant.name'),
    ),
  );
  await checks.check('a deleted tenant is gone', async () => {
    await globalClient.deleteTenant(id);
    await rejects(globalClient.retrieveTenant(id), answers(404));
  });
  await checks.check('the password rules need no key', async () => {
    const anonymous = new FusionAuthClient('', baseUrl);
    const { response } = await anonymous.retrievePasswordValidationRulesWithTenantId(tenantId);
    ok((response.passwordValidationRules?.minLength ?? 0) > 0);
  });
}

const typeId = randomUUID();
const [readId, writeId] = [randomUUID(), randomUUID()];

async function checkTypes(): Promise<void> {
  await checks.check('an entity type is made with its permissions', async () => {
    await globalClient.createEntityType(typeId, { entityType: { name: 'API' } });
    await globalClient.createEntityTypePermission(typeId, writeId, {
      permission: { name: 'write', isDefault: false },
    });
    await globalClient.createEntityTypePermission(typeId, readId, {
      permission: { name: 'read', isDefault: true, description: 'May read' },
    });
    const { response } = await globalClient.retrieveEntityType(typeId);
    const names = response.entityType?.permissions?.map(({ name }) => name);
    equal([response.entityType?.name, names], ['API', ['read', 'write']]);
  });
  await checks.check('a permission is changed by PUT and keeps its name', async () => {
    const { response } = await globalClient.updateEntityTypePermission(typeId, readId, {
      permission: { name: 'read', isDefault: true, description: 'Reads' },
    });
    equal([response.permission?.name, response.permission?.description], ['read', 'Reads']);
  });
  await checks.check('a type is found by name and changed by PATCH', async () => {
    const found = await globalClient.searchEntityTypes({ search: { name: 'API' } });
    equal([found.response.total, found.response.entityTypes?.[0]?.id], [1, typeId]);
    const patched = await globalClient.patchEntityType(typeId, {
      entityType: { data: { team: 'core' } },
    });
    equal(
      [patched.response.entityType?.name, patched.response.entityType?.data],
      ['API', { team: 'core' }],
    );
  });
  await checks.check('a type without a name is refused by field', () =>
    rejects(
      globalClient.createEntityType(randomUUID(), { entityType: {} }),
      answers(400, '[blank]entityType.name'),
    ),
  );
}

const ids = { api: randomUUID(), job: randomUUID() };
let secret = '';

async function checkEntities(): Promise<void> {
  await checks.check('entities are made, and their secret is read back', async () => {
    await client.createEntity(ids.api, { entity: { name: 'Orders', type: { id: typeId } } });
    const made = await client.createEntity(ids.job, {
      entity: { name: 'Nightly job', type: { id: typeId }, data: { owner: 'Zoë' } },
    });
    secret = made.response.entity?.clientSecret ?? '';
    ok(secret.length >= 43);
    const { response } = await client.retrieveEntity(ids.job);
    equal(response.entity, made.response.entity);
    equal([response.entity?.tenantId, response.entity?.data], [tenantId, { owner: 'Zoë' }]);
  });
  await checks.check('PATCH and PUT change an entity and keep its secret', async () => {
    const patched = await client.patchEntity(ids.job, { entity: { name: 'Hourly job' } });
    equal(
      [patched.response.entity?.name, patched.response.entity?.clientSecret],
      ['Hourly job', secret],
    );
    const put = await client.updateEntity(ids.job, {
      entity: { name: 'Nightly job', type: { id: typeId } },
    });
    equal([put.response.entity?.name, put.response.entity?.clientSecret], ['Nightly job', secret]);
  });
  await checks.check('entities are found by name and by id', async () => {
    const byName = await client.searchEntities({ search: { queryString: 'orders' } });
    equal([byName.response.total, byName.response.entities?.[0]?.id], [1, ids.api]);
    const byIds = await client.searchEntitiesByIds([ids.job, randomUUID()]);
    equal(
      byIds.response.entities?.map(({ id }) => id),
      [ids.job],
    );
  });
  await checks.check('a type that is not there is refused by field', () =>
    rejects(
      client.createEntity(randomUUID(), { entity: { name: 'x', type: { id: randomUUID() } } }),
      answers(400, '[invalid]entity.type.id'),
    ),
  );
  await checks.check('a type in use stays', () =>
    rejects(globalClient.deleteEntityType(typeId), answers(400)),
  );
}

/** The client's types want a user id where the API wants one or the other; undefined is sent as text. */
const noUser = undefined as unknown as string;

async function checkGrants(): Promise<void> {
  await checks.check('a grant without permissions gets the default ones', async () => {
    await client.upsertEntityGrant(ids.api, { grant: { recipientEntityId: ids.job } });
    const { response } = await client.retrieveEntityGrant(ids.api, ids.job, noUser);
    equal(response.grant?.permissions, ['read']);
  });
  await checks.check('a grant is replaced, and found by who holds it', async () => {
    const permissions = ['read', 'write'];
    await client.upsertEntityGrant(ids.api, { grant: { recipientEntityId: ids.job, permissions } });
    const { response } = await client.searchEntityGrants({ search: { entityId: ids.job } });
    equal(
      [response.total, response.grants?.[0]?.entity?.id, response.grants?.[0]?.permissions],
      [1, ids.api, permissions],
    );
    equal(response.grants?.[0]?.entity?.clientSecret, undefined);
  });
  await checks.check('a permission that the type lacks cannot be granted', () =>
    rejects(
      client.upsertEntityGrant(ids.api, {
        grant: { recipientEntityId: ids.job, permissions: ['fly'] },
      }),
      answers(400),
    ),
  );
}

async function checkTokens(): Promise<void> {
  let token = '';
  await checks.check('a token carries what is granted, and introspection agrees', async () => {
    // #region token
    const scope = `target-entity:${ids.api}:read`;
    const { response } = await client.clientCredentialsGrant(ids.job, secret, scope);
    const introspected = await client.introspectClientCredentialsAccessToken(
      response.access_token ?? '',
    );
    // #endregion
    token = response.access_token ?? '';
    const { active, sub, aud, permissions } = introspected.response;
    equal([active, sub, aud, permissions], [true, ids.job, ids.api, { [ids.api]: ['read'] }]);
  });
  await checks.check('validation and the published keys know it', async () => {
    const { response } = await client.validateJWT(token);
    equal(response.jwt?.sub, ids.job);
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const keys = await client.retrieveJsonWebKeySet();
    ok(keys.response.keys?.some(({ kid }) => kid === header.kid));
  });
  await checks.check('a wrong secret is refused', () =>
    rejects(client.clientCredentialsGrant(ids.job, 'wrong', ''), answers(401)),
  );
  await checks.check('a permission beyond the grant is refused', () =>
    rejects(
      client.clientCredentialsGrant(ids.job, secret, `target-entity:${ids.api}:fly`),
      answers(400),
    ),
  );
  await checks.check('the token ends with the grant', async () => {
    await client.deleteEntityGrant(ids.api, ids.job, noUser);
    const { response } = await client.introspectClientCredentialsAccessToken(token);
    equal(response, { active: false });
    await rejects(client.retrieveEntityGrant(ids.api, ids.job, noUser), answers(404));
  });
}

async function checkSystem(): Promise<void> {
  await checks.check(
    'the status is there without a key, and with the version for a key',
    async () => {
      const anonymous = await new FusionAuthClient('', baseUrl).retrieveSystemStatus();
      equal([anonymous.statusCode, 'version' in anonymous.response], [200, false]);
      const { response } = await globalClient.retrieveSystemStatusUsingAPIKey();
      ok('version' in response, 'FIND C5: no version for a key of the installation');
    },
  );
  await checks.check('a key that is not there is refused', () =>
    rejects(new FusionAuthClient('wrong', baseUrl).retrieveTenants(), answers(401)),
  );
  await checks.check('another tenant does not see the entities', async () => {
    const other = randomUUID();
    await globalClient.createTenant(other, { tenant: { name: 'Other' } });
    const foreign = new FusionAuthClient(given('API_KEY'), baseUrl, other);
    await rejects(foreign.retrieveEntity(ids.job), answers(404));
    const { response } = await foreign.searchEntities({ search: { queryString: '*' } });
    equal(response.total, 0);
  });
  await checks.check('what was made is deleted', async () => {
    await client.deleteEntity(ids.api);
    await client.deleteEntity(ids.job);
    await globalClient.deleteEntityTypePermission(typeId, writeId);
    await globalClient.deleteEntityType(typeId);
    await rejects(globalClient.retrieveEntityType(typeId), answers(404));
  });
}

await checkTenants();
await checkTypes();
await checkEntities();
await checkGrants();
await checkTokens();
await checkSystem();
checks.end();
