import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

describe.each(databases)('SCIM attributes and excludedAttributes on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const attributes = {
    userName: 'shown',
    name: { givenName: 'A', familyName: 'B' },
    title: 't',
    [enterpriseUrn]: { department: 'd', division: 'v' },
  };
  const cases: readonly [string, string, string[]][] = [
    ['A1', 'attributes=userName', ['userName']],
    ['A2', 'excludedAttributes=name,title', ['active', enterpriseUrn, 'meta', 'userName']],
    ['P15', 'excludedAttributes=id,schemas,userName,active,meta,name,title', [enterpriseUrn]],
    ['A4', 'attributes=NAME.givenname,%20meta.location', ['meta', 'name']],
    ['A5', `attributes=${enterpriseUrn}:department`, [enterpriseUrn]],
    ['A6', `excludedAttributes=${enterpriseUrn}`, ['active', 'meta', 'name', 'title', 'userName']],
    ['A8', 'attributes=shoeSize', []],
    ['A9', 'attributes=password,title', ['title']],
  ];

  it.each(cases)('%s shapes the answer of every verb: %s', async (_rule, query, names) => {
    const own = await aScimConnection(app);
    const shown = (body: object) => Object.keys(body).sort();
    const expected = ['id', 'schemas', ...names].sort();

    const post = await own.scim('POST', `/Users?${query}`, aUser({ ...attributes, password: 'p' }));
    const path = `/Users/${post.body.id}?${query}`;
    const put = await own.scim('PUT', path, aUser(attributes));
    const patch = await own.scim(
      'PATCH',
      path,
      aPatch({ op: 'replace', value: { nickName: 'n' } }, { op: 'remove', path: 'nickName' }),
    );
    const get = await own.scim('GET', path);
    const list = await own.scim('GET', `/Users?${query}`);

    expect([post, put, patch, get, list].map(({ status }) => status)).toEqual([
      201, 200, 200, 200, 200,
    ]);
    expect(post.headers.get('location')).toMatch(new RegExp(`/Users/${post.body.id}$`));
    for (const body of [post.body, put.body, patch.body, get.body, list.body.Resources[0]])
      expect(shown(body)).toEqual(expected);
    expect(put.body).toEqual(get.body);
  });

  it('A4 A5 shows the parts that were named and no others', async () => {
    const made = await create(client, 'Users', aUser({ ...attributes, userName: 'parts' }));

    const name = await read(client, `/Users/${made.id}?attributes=name.givenName`);
    const department = await read(
      client,
      `/Users/${made.id}?attributes=${enterpriseUrn.toLowerCase()}:DEPARTMENT`,
    );
    const all = await read(client, `/Users/${made.id}?attributes=${enterpriseUrn}`);

    expect(name.name).toEqual({ givenName: 'A' });
    expect(department[enterpriseUrn]).toEqual({ department: 'd' });
    expect(all[enterpriseUrn]).toEqual({ department: 'd', division: 'v' });
  });

  it('A3 refuses both together, on every verb and without a change', async () => {
    const made = await create(client, 'Users', aUser());
    const query = 'attributes=userName&excludedAttributes=name';
    const refused = aUser({ userName: 'never made' });

    expectScimError(await client.scim('GET', `/Users?${query}`), 400, 'invalidValue');
    expectScimError(await client.scim('POST', `/Users?${query}`, refused), 400, 'invalidValue');
    expectScimError(
      await client.scim('PUT', `/Users/${made.id}?${query}`, refused),
      400,
      'invalidValue',
    );
    expect(await found(client, 'Users', 'userName eq "never made"')).toEqual([]);
  });
});
