import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { sendHttp } from '../support/http-client.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const scimJson = 'application/scim+json';

describe.each(databases)('what SCIM answers say on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const aPerson = () => create(client, 'Users', aUser({ userName: `p${Math.random()}` }));
  const aTeam = () => create(client, 'Groups', aGroup({ displayName: `g${Math.random()}` }));

  describe('preconditions', () => {
    it.each([
      ['Users', aPerson, aUser({ userName: 'put' })],
      ['Groups', aTeam, aGroup({ displayName: 'put' })],
    ] as const)('FIND S-19 hold for every method of %s', async (endpoint, make, body) => {
      const made = await make();
      const path = `/${endpoint}/${made.id}`;
      const current = made.meta.version;
      const change = aPatch({ op: 'replace', path: 'externalId', value: 'changed' });
      const send = async (method: string, headers: Record<string, string>) =>
        (
          await client.scim(
            method,
            path,
            method === 'PUT' ? body : method === 'PATCH' ? change : undefined,
            headers,
          )
        ).status;

      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        for (const names of [current, '*', `"x", ${current}`])
          expect([method, names, await send(method, { 'if-none-match': names })]).toEqual([
            method,
            names,
            412,
          ]);
        expect(await send(method, { 'if-match': 'W/"999.0", W/"999"' })).toBe(412);
      }
      expect(await send('GET', { 'if-match': 'W/"999.0", W/"999"' })).toBe(412);
      expect(await send('GET', { 'if-match': current })).toBe(200);
      expect(await send('GET', { 'if-none-match': current })).toBe(304);
      expect((await read(client, path)).meta.version).toBe(current);

      for (const method of ['PUT', 'PATCH', 'DELETE'])
        expect(await send(method, { 'if-none-match': 'W/"999.0", W/"999"' })).toBeLessThan(300);
    });
  });

  describe('the media type', () => {
    it('FIND S-18 has no charset', async () => {
      const { id } = await aPerson();
      const answers = await Promise.all([
        client.scim('GET', '/Users'),
        client.scim('GET', `/Users/${id}`),
        client.scim('GET', '/Schemas'),
        client.scim('GET', '/?count=0'),
        client.scim('GET', '/Users/nobody'),
        client.scim('POST', '/Users', '{'),
        client.scim('POST', '/Bulk', {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: [{ method: 'DELETE', path: '/Users/nobody' }],
        }),
      ]);

      for (const answer of answers) expect(answer.headers.get('content-type')).toBe(scimJson);
    });

    it('FIND S-21 is told by answers without a body too', async () => {
      const [person, team] = [await aPerson(), await aTeam()];
      const answers = [
        await client.scim(
          'PATCH',
          `/Groups/${team.id}`,
          aPatch({ op: 'add', path: 'members', value: [{ value: person.id }] }),
        ),
        await client.scim('DELETE', `/Groups/${team.id}`),
        await client.scim('DELETE', `/Users/${person.id}`),
      ];

      for (const answer of answers) {
        expect(answer.status).toBe(204);
        expect(answer.text).toBe('');
        expect(answer.headers.get('content-type')).toBe(scimJson);
      }
    });
  });

  it('FIND S-9 a base URL that was pasted with a slash at its end works', async () => {
    const { id } = await aPerson();

    for (const path of [`//Users/${id}`, `/Users//${id}/`, `///Users///${id}?attributes=id`]) {
      const answer = await client.scim('GET', path);
      expect([path, answer.status, answer.body.id]).toEqual([path, 200, id]);
    }
    expect(
      (await client.scim('POST', '//Groups/', aGroup({ displayName: 'slashes' }))).status,
    ).toBe(201);
    expectScimError(await client.scim('PUT', '//Users/'), 405);
  });

  it('FIND S-10 the schemas have the descriptions of the standard', async () => {
    const told = await Promise.all(
      [userUrn, groupUrn, enterpriseUrn].map((urn) => read(client, `/Schemas/${urn}`)),
    );

    expect(told.map(({ description }) => description)).toEqual([
      'User Account',
      'Group',
      'Enterprise User',
    ]);
  });

  it('FIND S-11 a token that its scope narrowed is not told that the grant is at fault alone', async () => {
    const scope = `target-entity:${client.serverEntityId}:scim:user:read`;
    const issued = await sendHttp(`${app.url}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
    });
    const { access_token: token } = JSON.parse(issued.text) as { access_token: string };
    const answer = await client.scim('POST', '/Users', aUser(), {
      authorization: `Bearer ${token}`,
    });

    expectScimError(answer, 403);
    expect(answer.body.detail).toContain('scim:user:create');
    expect(answer.body.detail).toContain('the scope');
  });

  it('FIND S-22 /Me says why it is not offered', async () => {
    const answer = await client.scim('GET', '/Me');

    expectScimError(answer, 501);
    expect(answer.body.detail).toContain('the token is that of a client');
  });
});
