import { expect } from '@jest/globals';
import {
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  groupUrn,
  listPath,
  listUrn,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { passwordHashOf } from './passwords.js';
import { sentence } from './sentence.js';

const endpoints = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'];
const bulkUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

chapter('discovery', (server) => {
  const configuration = () => read(server.client, '/ServiceProviderConfig');
  const resourceTypes = async (): Promise<ScimBody[]> =>
    (await read(server.client, '/ResourceTypes')).Resources;
  const schemas = async (): Promise<ScimBody[]> =>
    (await read(server.client, '/Schemas')).Resources;

  sentence('D1', async () => {
    const answer = await server.client.scim('GET', '/ServiceProviderConfig');

    expect(answer.status).toBe(200);
    expect(answer.body.schemas).toEqual([
      'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
    ]);
  });

  sentence('D2', async () => {
    const config = await configuration();

    for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
      expect([feature, typeof config[feature]?.supported]).toEqual([feature, 'boolean']);
    }
  });

  sentence('D3', async () => {
    const { bulk } = await configuration();

    for (const limit of [bulk.maxOperations, bulk.maxPayloadSize]) {
      expect(Number.isInteger(limit)).toBe(true);
    }
  });

  sentence('D5', async () => {
    const { authenticationSchemes } = await configuration();

    expect(Array.isArray(authenticationSchemes)).toBe(true);
    for (const scheme of authenticationSchemes) {
      expect(scheme).toMatchObject({
        type: expect.stringMatching(/^(oauth|oauth2|oauthbearertoken|httpbasic|httpdigest)$/),
        name: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
      });
    }
    expect(authenticationSchemes.map(({ type }: ScimBody) => type)).toContain('oauthbearertoken');
  });

  sentence('D6', 'PATCH, filters and changes of a password', async () => {
    const { app, client } = server;
    const made = await create(client, 'Users', aUser({ password: 'first-of-two' }));
    const before = await passwordHashOf(app, made.id);
    const { patch, filter, changePassword } = await configuration();

    const patched = await client.scim(
      'PATCH',
      `/Users/${made.id}`,
      aPatch({ op: 'replace', value: { password: 'second-of-two', title: 'patched' } }),
    );

    expect([patch, filter.supported, changePassword]).toEqual([
      { supported: true },
      true,
      { supported: true },
    ]);
    expect(patched.body.title).toBe('patched');
    expect(await passwordHashOf(app, made.id)).not.toBe(before);
    expect(await found(client, 'Users', `id eq "${made.id}"`, 'id')).toEqual([made.id]);
  });

  sentence('D6', 'Bulk', async () => {
    const { bulk } = await configuration();

    const answer = await server.client.scim('POST', '/Bulk', {
      schemas: [bulkUrn],
      Operations: [{ method: 'POST', path: '/Users', bulkId: 'one', data: aUser() }],
    });

    if (!bulk.supported) return expectScimError(answer, 501);
    expect(answer.status).toBe(200);
    expect(answer.body.Operations).toEqual([expect.objectContaining({ status: '201' })]);
  });

  sentence('D6', 'sorting', async () => {
    const { client } = server;
    const names = ['b', 'c', 'a'].map((letter) => `sorted-${letter}`);
    for (const userName of names) await create(client, 'Users', aUser({ userName }));
    const { sort } = await configuration();

    const query = { filter: 'userName sw "sorted-"', sortBy: 'userName', attributes: 'userName' };
    const { Resources } = await read(client, listPath('Users', query));

    expect(Resources.map(({ userName }: ScimBody) => userName)).toEqual(
      sort.supported ? names.toSorted() : names,
    );
  });

  sentence('D6', 'versions', async () => {
    const { client } = server;
    const made = await create(client, 'Users', aUser());
    const { etag } = await configuration();

    const seen = await client.scim('GET', `/Users/${made.id}`);
    const put = await client.scim('PUT', `/Users/${made.id}`, made, { 'if-match': 'W/"never"' });

    expect([seen.headers.has('etag'), put.status]).toEqual(
      etag.supported ? [true, 412] : [false, 200],
    );
    expect(seen.body.meta.version ?? null).toBe(seen.headers.get('etag'));
  });

  sentence('D6', 'cursors', async () => {
    const { client } = server;
    await create(client, 'Users', aUser());
    await create(client, 'Users', aUser());
    const { pagination } = await configuration();

    const page = await client.scim('GET', '/Users?cursor&count=1');

    expect(typeof page.body.nextCursor === 'string').toBe(pagination?.cursor === true);
  });

  sentence('D7', async () => {
    const answer = await read(server.client, '/ResourceTypes');

    expect(answer.schemas).toEqual([listUrn]);
    expect(answer.totalResults).toBe(answer.Resources.length);
    expect(answer.Resources).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'User', endpoint: '/Users', schema: userUrn }),
        expect.objectContaining({ name: 'Group', endpoint: '/Groups', schema: groupUrn }),
      ]),
    );
    for (const { endpoint } of answer.Resources) {
      expect((await server.client.scim('GET', `${endpoint}?count=1`)).status).toBe(200);
    }
  });

  sentence('D8', async () => {
    for (const type of await resourceTypes()) {
      expect(await read(server.client, `/ResourceTypes/${type.name}`)).toEqual(type);
    }
    for (const name of ['Nothing', 'Users', '__proto__', 'constructor']) {
      expectScimError(await server.client.scim('GET', `/ResourceTypes/${name}`), 404);
    }
  });

  sentence('D9', async () => {
    const user = await read(server.client, '/ResourceTypes/User');

    expect(user.schemaExtensions).toEqual([{ schema: enterpriseUrn, required: false }]);
    expect((await server.client.scim('POST', '/Users', aUser())).status).toBe(201);
  });

  sentence('D10', async () => {
    const named = (await resourceTypes()).flatMap((type) => [
      type.schema,
      ...(type.schemaExtensions ?? []).map(({ schema }: ScimBody) => schema),
    ]);
    const answer = await read(server.client, '/Schemas');

    expect(answer.schemas).toEqual([listUrn]);
    expect(new Set(answer.Resources.map(({ id }: ScimBody) => id))).toEqual(new Set(named));
  });

  sentence('D11', async () => {
    for (const schema of await schemas()) {
      const paths = [schema.id, encodeURIComponent(schema.id), schema.id.toUpperCase()];
      for (const path of paths) {
        expect(await read(server.client, `/Schemas/${path}`)).toEqual(schema);
      }
    }
    for (const urn of [`${userUrn}s`, 'urn:ietf:params:scim:schemas:core:2.0:Nothing', 'User']) {
      expectScimError(await server.client.scim('GET', `/Schemas/${urn}`), 404);
    }
  });

  sentence('D12', async () => {
    const attributes = (await schemas()).flatMap((schema) => everyAttribute(schema.attributes));

    expect(attributes.length).toBeGreaterThan(80);
    for (const attribute of attributes) {
      const { name, type } = attribute;
      expect(attribute).toMatchObject({
        name: expect.stringMatching(/^\$?[A-Za-z][\w-]*$/),
        type: expect.stringMatching(
          /^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/,
        ),
        multiValued: expect.any(Boolean),
        description: expect.stringMatching(/\S/),
        required: expect.any(Boolean),
        mutability: expect.any(String),
        returned: expect.any(String),
      });
      expect([name, Object.hasOwn(attribute, 'caseExact')]).toEqual([
        name,
        ['string', 'reference', 'binary'].includes(type),
      ]);
      if (type === 'string') expect([name, typeof attribute.uniqueness]).toEqual([name, 'string']);
      expect([name, (attribute.subAttributes ?? []).length > 0]).toEqual([
        name,
        type === 'complex',
      ]);
      expect([name, (attribute.referenceTypes ?? []).length > 0]).toEqual([
        name,
        type === 'reference',
      ]);
    }
  });

  sentence('D13', async () => {
    for (const attribute of (await schemas()).flatMap(({ attributes }) =>
      everyAttribute(attributes),
    )) {
      expect(['readOnly', 'readWrite', 'immutable', 'writeOnly']).toContain(attribute.mutability);
      expect(['always', 'never', 'default', 'request']).toContain(attribute.returned);
      expect(['none', 'server', 'global']).toContain(attribute.uniqueness);
    }
  });

  sentence('D14', async () => {
    const { attributes } = await read(server.client, `/Schemas/${userUrn}`);
    const attribute = (name: string) =>
      attributes.find((candidate: ScimBody) => candidate.name === name);

    expect(attribute('userName')).toMatchObject({
      required: true,
      uniqueness: 'server',
      caseExact: false,
    });
    expect(attribute('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
    expect(attribute('groups')).toMatchObject({ mutability: 'readOnly' });
    for (const part of attribute('groups').subAttributes) expect(part.mutability).toBe('readOnly');
  });

  sentence('D15', async () => {
    for (const endpoint of endpoints) {
      for (const filter of ['id pr', 'id eq "User"', '']) {
        const answer = await server.client.scim('GET', listPath(endpoint, { filter }));
        expectScimError(answer, 403);
      }
    }
  });

  sentence('D16', async () => {
    for (const endpoint of endpoints) {
      const plain = await read(server.client, `/${endpoint}`);
      for (const query of [
        'startIndex=2&count=1',
        'count=0',
        'startIndex=x&count=y',
        'sortBy=id&sortOrder=descending',
      ]) {
        expect(await read(server.client, `/${endpoint}?${query}`)).toEqual(plain);
      }
    }
  });

  sentence('D17', async () => {
    for (const path of [...endpoints, 'ResourceTypes/User', `Schemas/${userUrn}`]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const body = method === 'DELETE' ? undefined : { schemas: [] };
        const answer = await server.client.scim(method, `/${path}`, body);
        expectScimError(answer, 405);
        expect(answer.headers.get('allow')).toBe('GET');
      }
    }
  });

  sentence('D18', async () => {
    const told: [string, ScimBody][] = [
      ['ServiceProviderConfig', await configuration()],
      ...(await resourceTypes()).map((type): [string, ScimBody] => ['ResourceType', type]),
      ...(await schemas()).map((schema): [string, ScimBody] => ['Schema', schema]),
    ];

    for (const [resourceType, resource] of told) {
      expect(resource.meta.resourceType).toBe(resourceType);
      const { pathname, origin } = new URL(resource.meta.location);
      expect(origin).toBe(server.app.configuration.publicUrl);
      const answer = await server.app.request('GET', pathname, {
        key: null,
        headers: { authorization: `Bearer ${server.client.token}` },
      });
      expect(answer.body).toEqual(resource);
    }
  });

  sentence('D19', async () => {
    for (const endpoint of endpoints) {
      const { text } = await server.client.scim('GET', `/${endpoint}`);
      expect(text).not.toMatch(/:null|\[null|,null/);
    }
  });
});

/** Attributes and their parts. */
function everyAttribute(attributes: readonly ScimBody[]): ScimBody[] {
  return attributes.flatMap((attribute) => [
    attribute,
    ...everyAttribute(attribute.subAttributes ?? []),
  ]);
}
