import { randomUUID } from 'node:crypto';
import fusionauth from '@fusionauth/typescript-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scimPermissions } from '../../src/connections/scim-permissions.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

/** The client is a CommonJS package, unchanged: what it sends is what its users send. */
const { FusionAuthClient } = fusionauth;
type Client = InstanceType<typeof FusionAuthClient>;

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** What the client throws in place of an answer that is no success. */
const withStatus = (statusCode: number) => expect.objectContaining({ statusCode });

/** Steps of one walk: each builds on the one before, as a person's calls would. */
describe.each(databases)(
  "the whole chain, built with FusionAuth's client, on $name",
  (database) => {
    const ids = {
      serverType: randomUUID(),
      clientType: randomUUID(),
      server: randomUUID(),
      client: randomUUID(),
    };
    let app: TestApp;
    let client: Client;
    let clientSecret = '';
    let accessToken = '';
    beforeAll(async () => {
      app = await startApp(database);
      client = new FusionAuthClient(app.apiKey, app.url, app.tenantId);
    });
    afterAll(() => app.close());

    const globalClient = () => new FusionAuthClient(app.apiKey, app.url);
    const scim = (method: string, path: string, body?: unknown) =>
      app.request(method, `/api/scim/resource/v2${path}`, {
        key: null,
        body,
        headers: {
          authorization: `Bearer ${accessToken}`,
          'content-type': 'application/scim+json',
        },
      });

    it('makes the two entity types, one with all permissions', async () => {
      const created = await globalClient().createEntityType(ids.serverType, {
        entityType: { name: 'SCIM server' },
      });
      expect(created.statusCode).toBe(200);
      for (const name of scimPermissions) {
        const permission = { name, isDefault: false, description: `May ${name}` };
        const made = await globalClient().createEntityTypePermission(ids.serverType, randomUUID(), {
          permission,
        });
        expect(made.response.permission).toMatchObject({ name, isDefault: false });
      }
      const jwtConfiguration = { enabled: true, timeToLiveInSeconds: 7200 };
      await globalClient().createEntityType(ids.clientType, {
        entityType: { name: 'SCIM client', jwtConfiguration },
      });

      const { response } = await globalClient().retrieveEntityTypes();

      const server = response.entityTypes?.find(({ id }) => id === ids.serverType);
      expect(server?.permissions?.map(({ name }) => name)).toEqual([...scimPermissions].sort());
    });

    it('makes the two entities, with a secret that can be read back', async () => {
      await client.createEntity(ids.server, {
        entity: { name: 'SCIM server', type: { id: ids.serverType } },
      });
      const created = await client.createEntity(ids.client, {
        entity: { name: 'Okta', type: { id: ids.clientType }, data: { owner: 'é' } },
      });
      clientSecret = created.response.entity?.clientSecret ?? '';

      const { response } = await client.retrieveEntity(ids.client);

      expect(response.entity).toEqual(created.response.entity);
      expect(response.entity).toMatchObject({
        id: ids.client,
        clientId: ids.client,
        tenantId: app.tenantId,
        data: { owner: 'é' },
      });
      expect(clientSecret).not.toBe('');
    });

    it('changes an entity by PATCH and by PUT, and keeps its secret', async () => {
      const patched = await client.patchEntity(ids.client, { entity: { name: 'Okta of Acme' } });
      const put = await client.updateEntity(ids.client, {
        entity: { name: 'Okta', type: { id: ids.clientType } },
      });

      expect(patched.response.entity).toMatchObject({
        name: 'Okta of Acme',
        data: { owner: 'é' },
        clientSecret,
      });
      expect(put.response.entity).toMatchObject({ name: 'Okta', clientSecret });
    });

    it('grants the client everything on the server', async () => {
      const grant = { recipientEntityId: ids.client, permissions: [...scimPermissions] };
      const saved = await client.upsertEntityGrant(ids.server, { grant });
      expect(saved.statusCode).toBe(200);

      // The client sends the text "undefined" for what it was not given.
      const one = await client.retrieveEntityGrant(ids.server, ids.client, undefined as never);
      const held = await client.searchEntityGrants({ search: { entityId: ids.client } });

      expect(one.response.grant).toMatchObject({
        recipientEntityId: ids.client,
        entity: { id: ids.server },
      });
      expect(held.response).toMatchObject({ total: 1, grants: [{ entity: { id: ids.server } }] });
      expect(JSON.stringify([one.response, held.response])).not.toContain('clientSecret');
    });

    it('switches SCIM on for the tenant', async () => {
      const scimServerConfiguration = {
        enabled: true,
        serverEntityTypeId: ids.serverType,
        clientEntityTypeId: ids.clientType,
      };

      await client.patchTenant(app.tenantId, { tenant: { scimServerConfiguration } });

      const { response } = await client.retrieveTenant(app.tenantId);
      expect(response.tenant).toMatchObject({ name: 'Default', scimServerConfiguration });
    });

    it('gets a token, which introspection, validation and the published keys know', async () => {
      const scope = `target-entity:${ids.server}:${scimPermissions.join(',')}`;

      const { response } = await client.clientCredentialsGrant(ids.client, clientSecret, scope);

      accessToken = response.access_token ?? '';
      expect(response).toMatchObject({ token_type: 'Bearer', scope });
      expect(response.expires_in).toBeGreaterThan(7190);
      const introspected = await client.introspectClientCredentialsAccessToken(accessToken);
      expect(introspected.response).toMatchObject({
        active: true,
        sub: ids.client,
        aud: ids.server,
        tid: app.tenantId,
      });
      const validated = await client.validateJWT(accessToken);
      expect(validated.response.jwt).toMatchObject({ sub: ids.client });
      const kid: unknown = JSON.parse(
        Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString(),
      ).kid;
      const keys = await client.retrieveJsonWebKeySet();
      expect(keys.response.keys?.map((key) => key.kid)).toContain(kid);
    });

    it('provisions a user and a group with it', async () => {
      const ann = await scim('POST', '/Users', {
        schemas: [userSchema],
        userName: 'ann@corp.test',
        active: true,
      });
      const group = await scim('POST', '/Groups', {
        schemas: [groupSchema],
        displayName: 'Sales',
        members: [],
      });
      const joined = await scim('PATCH', `/Groups/${group.body.id}`, {
        schemas: [patchSchema],
        Operations: [{ op: 'add', path: 'members', value: [{ value: ann.body.id }] }],
      });

      expect([ann.status, group.status, joined.status]).toEqual([201, 201, 204]);
      expect((await scim('GET', `/Users/${ann.body.id}`)).body.groups).toMatchObject([
        { display: 'Sales' },
      ]);
    });

    it('ends the token with the grant', async () => {
      await client.deleteEntityGrant(ids.server, ids.client, undefined as never);

      expect((await scim('GET', '/Users')).status).toBe(401);
      const introspected = await client.introspectClientCredentialsAccessToken(accessToken);
      expect(introspected.response).toEqual({ active: false });
      const again = client.clientCredentialsGrant(
        ids.client,
        clientSecret,
        `target-entity:${ids.server}`,
      );
      await expect(again).rejects.toEqual(withStatus(400));
    });

    it('tells a duplicate, an unknown id and a foreign tenant as FusionAuth does', async () => {
      const duplicate = globalClient().createEntityType(randomUUID(), {
        entityType: { name: 'SCIM server' },
      });
      await expect(duplicate).rejects.toMatchObject({
        statusCode: 400,
        exception: { fieldErrors: { 'entityType.name': [{ code: '[duplicate]entityType.name' }] } },
      });
      await expect(client.retrieveEntity(randomUUID())).rejects.toEqual(withStatus(404));
      const other = await globalClient().createTenant(randomUUID(), { tenant: { name: 'Other' } });
      const foreign = new FusionAuthClient(app.apiKey, app.url, other.response.tenant?.id ?? '');
      await expect(foreign.retrieveEntity(ids.server)).rejects.toEqual(withStatus(404));
      expect(
        (await foreign.searchEntities({ search: { queryString: '*' } })).response,
      ).toMatchObject({ total: 0 });
    });
  },
);
