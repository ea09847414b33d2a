import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  listUrn,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const discovery = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'];

describe.each(databases)('SCIM discovery on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let baseUrl: string;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    baseUrl = `${app.configuration.publicUrl}/api/scim/resource/v2`;
  });
  afterAll(() => app.close());

  it('D1 D2 D3 D4 D5 D18 says what the server does', async () => {
    expect(await read(client, '/ServiceProviderConfig')).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: {
        supported: true,
        maxOperations: 1_000,
        maxPayloadSize: 16 * 1024 * 1024,
      },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: true },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 200,
        cursorTimeout: 3600,
      },
      authenticationSchemes: [
        expect.objectContaining({
          type: 'oauthbearertoken',
          name: expect.any(String),
          description: expect.any(String),
        }),
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
    });
  });

  describe('D6 what is announced is true', () => {
    it('B11 Bulk works', async () => {
      const body = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [{ method: 'POST', path: '/Users', bulkId: 'ann', data: aUser() }],
      };

      expect(await client.scim('POST', '/Bulk', body)).toMatchObject({
        status: 200,
        body: { Operations: [{ bulkId: 'ann', status: '201' }] },
      });
    });

    it('so does /Me', async () => {
      expectScimError(await client.scim('GET', '/Me'), 501);
      expectScimError(await client.scim('PATCH', '/Me', aPatch()), 501);
    });

    it('a list is sorted', async () => {
      const own = await aScimConnection(app);
      for (const userName of ['b', 'C', 'a']) await create(own, 'Users', aUser({ userName }));
      const { Resources } = await read(own, '/Users?sortBy=userName&sortOrder=descending');

      expect(Resources.map(({ userName }: ScimBody) => userName)).toEqual(['C', 'b', 'a']);
    });

    it('a version is shown and checked', async () => {
      const made = await create(client, 'Users', aUser());
      const known = { 'if-none-match': made.meta.version };
      const one = await client.scim('GET', `/Users/${made.id}`, undefined, known);
      const put = await client.scim('PUT', `/Users/${made.id}`, made, { 'if-match': 'W/"never"' });

      expect([one.status, put.status]).toEqual([304, 412]);
    });

    it('J6 Prefer is passed over', async () => {
      const answer = await client.scim('POST', '/Users', aUser(), { prefer: 'respond-async' });

      expect(answer.status).toBe(201);
    });

    it('a PATCH, a filter and a change of password work', async () => {
      const made = await create(client, 'Users', aUser());
      const patch = await client.scim(
        'PATCH',
        `/Users/${made.id}`,
        aPatch({ op: 'replace', value: { password: 'new' } }),
      );
      const filter = await client.scim('GET', `/Users?filter=id%20eq%20%22${made.id}%22`);

      expect([patch.status, filter.body.totalResults]).toEqual([200, 1]);
    });
  });

  it('D7 D9 D18 lists the resource types with their endpoints and extensions', async () => {
    const extension = [{ schema: enterpriseUrn, required: false }];
    const type = (name: string, endpoint: string, schema: string, schemaExtensions: object[]) => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: name,
      name,
      endpoint,
      description: expect.any(String),
      schema,
      schemaExtensions,
      meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
    });

    expect(await read(client, '/ResourceTypes')).toEqual({
      schemas: [listUrn],
      totalResults: 3,
      startIndex: 1,
      itemsPerPage: 3,
      Resources: [
        type('User', '/Users', userUrn, extension),
        type('EnterpriseUser', '/EnterpriseUsers', userUrn, extension),
        type('Group', '/Groups', groupUrn, []),
      ],
    });
  });

  it('D8 D11 answers each of them at its location, and 404 for others', async () => {
    for (const endpoint of ['ResourceTypes', 'Schemas']) {
      const { Resources } = await read(client, `/${endpoint}`);
      for (const resource of Resources) {
        expect(await read(client, `/${endpoint}/${resource.id}`)).toEqual(resource);
        expect(await read(client, `/${endpoint}/${encodeURIComponent(resource.id)}`)).toEqual(
          resource,
        );
        expect(resource.meta.location).toBe(`${baseUrl}/${endpoint}/${resource.id}`);
      }
      for (const id of [
        'Nothing',
        '__proto__',
        'constructor',
        'urn:ietf:params:scim:schemas:core:2.0:Nothing',
        '%F0%9F%98%80',
      ]) {
        expectScimError(await client.scim('GET', `/${endpoint}/${id}`), 404);
      }
    }
    expect((await read(client, `/Schemas/${userUrn.toUpperCase()}`)).id).toBe(userUrn);
    expectScimError(await client.scim('GET', '/ServiceProviderConfig/x'), 404);
  });

  describe('schemas', () => {
    let schemas: ScimBody[];

    beforeAll(async () => {
      schemas = (await read(client, '/Schemas')).Resources;
    });

    it('D10 D18 are all that a resource type names', async () => {
      const { Resources: types } = await read(client, '/ResourceTypes');
      const named = types.flatMap((type: ScimBody) => [
        type.schema,
        ...type.schemaExtensions.map(({ schema }: ScimBody) => schema),
      ]);

      expect(new Set(schemas.map(({ id }) => id))).toEqual(new Set(named));
      for (const schema of schemas) {
        expect(schema).toMatchObject({
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
          name: expect.any(String),
          description: expect.any(String),
          meta: { resourceType: 'Schema' },
        });
      }
    });

    it('D12 D13 D19 tell every characteristic in the defined words, and nothing is null', () => {
      const attributes = schemas.flatMap((schema) => allAttributes(schema.attributes));

      expect(attributes.length).toBeGreaterThan(80);
      for (const attribute of attributes) {
        expect(attribute).toMatchObject({
          name: expect.stringMatching(/^\$?[A-Za-z]\w*$/),
          type: expect.stringMatching(
            /^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/,
          ),
          multiValued: expect.any(Boolean),
          description: expect.stringMatching(/\S/),
          required: expect.any(Boolean),
          mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
          returned: expect.stringMatching(/^(always|never|default|request)$/),
          uniqueness: expect.stringMatching(/^(none|server|global)$/),
        });
        expect(Object.hasOwn(attribute, 'subAttributes')).toBe(attribute.type === 'complex');
        expect(Object.hasOwn(attribute, 'referenceTypes')).toBe(attribute.type === 'reference');
        if (attribute.type === 'string') expect(attribute.caseExact).toEqual(expect.any(Boolean));
      }
      expect(JSON.stringify(schemas)).not.toContain('null');
    });

    it('D14 tell the truth of user name, password and groups', () => {
      const user = new Map<string, ScimBody>(
        schemas
          .find(({ id }) => id === userUrn)
          .attributes.map((each: ScimBody) => [each.name, each]),
      );

      expect(user.get('userName')).toMatchObject({
        required: true,
        uniqueness: 'server',
        caseExact: false,
      });
      expect(user.get('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
      expect(user.get('groups')).toMatchObject({ mutability: 'readOnly' });
    });
  });

  it.each(discovery)('D15 D16 D17 /%s is neither filtered, paged nor written', async (endpoint) => {
    const plain = await read(client, `/${endpoint}`);

    expect(await read(client, `/${endpoint}?startIndex=2&count=1&sortBy=id`)).toEqual(plain);
    expect(await read(client, `/${endpoint}?startIndex=x&count=y`)).toEqual(plain);
    expectScimError(await client.scim('GET', `/${endpoint}?filter=id%20pr`), 403);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of [`/${endpoint}`, `/${endpoint}/User`]) {
        const answer = await client.scim(
          method,
          path,
          method === 'DELETE' ? undefined : { schemas: [] },
        );
        expectScimError(answer, 405);
        expect(answer.headers.get('allow')).toBe('GET');
      }
    }
  });

  it.each([
    ['PATCH', '/Users', 'GET, POST'],
    ['PUT', '/Groups', 'GET, POST'],
    ['DELETE', '/EnterpriseUsers', 'GET, POST'],
    ['POST', '/Users/x', 'GET, PUT, PATCH, DELETE'],
    ['PUT', '/Users/.search', 'POST'],
    ['GET', '/Groups/.search', 'POST'],
    ['DELETE', '/Groups/.search', 'POST'],
    ['GET', '/.search', 'POST'],
    ['PUT', '/.search', 'POST'],
    ['POST', '', 'GET'],
    ['DELETE', '/', 'GET'],
  ])('M35 answers %s %s with 405 and what is allowed', async (method, path, allowed) => {
    const answer = await client.scim(
      method,
      path,
      method === 'GET' || method === 'DELETE' ? undefined : aPatch(),
    );

    expectScimError(answer, 405);
    expect(answer.headers.get('allow')).toBe(allowed);
  });

  it.each([
    '/Nothing',
    '/users',
    '/Users/a/b',
    '/Users/a/.search',
    '/Schemas/a/b',
    '/..%2f..%2fuser',
    '/__proto__',
    '/constructor/x',
  ])('P23 answers %s with 404', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expectScimError(
        await client.scim(
          method,
          path,
          method === 'GET' || method === 'DELETE' ? undefined : aUser(),
        ),
        404,
      );
    }
  });

  it.each(['application/scim+json', 'application/json', '*/*', 'text/html', 'application/xml'])(
    'P3 P4 serves %s with SCIM',
    async (accept) => {
      const answer = await client.scim('GET', '/ServiceProviderConfig', undefined, { accept });

      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json(;|$)/);
    },
  );

  it('H1 takes no URL from the request', async () => {
    const lies = {
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.test',
    };

    const made = await client.scim('POST', '/Users', aUser(), lies);

    expect(`${made.text}${made.headers.get('location')}`).not.toContain('evil');
  });
});

function allAttributes(attributes: readonly ScimBody[]): ScimBody[] {
  return attributes.flatMap((attribute) => [
    attribute,
    ...allAttributes(attribute.subAttributes ?? []),
  ]);
}
