import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { anOAuthClient, basic } from '../support/oauth-client.js';
import { sendRaw } from '../support/raw-http.js';
import { aScimConnection } from '../support/scim-connection.js';

const message = 'The request has more than one Authorization header.';

describe.each(databases)('two Authorization headers on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const send = async (line: string, credentials: readonly string[], body = '') => {
    const headers = [
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      ...credentials.map((credential, index) =>
        index % 2 === 0 ? `Authorization: ${credential}` : `AUTHORIZATION: ${credential}`,
      ),
    ];
    const answer = await sendRaw(
      app.port,
      `${line} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`,
    );
    return { ...answer, body: answer.body === '' ? undefined : JSON.parse(answer.body) };
  };

  it.each([
    ['the same one twice', (right: string) => [right, right]],
    ['a right one first', (right: string) => [right, 'wrong']],
    ['a right one last', (right: string) => ['wrong', right]],
    ['three', (right: string) => ['wrong', 'wrong', right]],
  ])('FIND R-12 are refused by the admin API: %s', async (_what, credentialsOf) => {
    const answer = await send('GET /api/tenant', credentialsOf(app.apiKey));

    expect(answer).toMatchObject({
      status: 400,
      body: { fieldErrors: {}, generalErrors: [{ code: '[invalidRequest]', message }] },
    });
  });

  it('FIND R-12 are refused by SCIM', async () => {
    const { token } = await aScimConnection(app);
    const path = 'GET /api/scim/resource/v2/Users';

    const one = await send(path, [`Bearer ${token}`]);
    const two = await send(path, [`Bearer ${token}`, 'Bearer x']);

    expect(one.status).toBe(200);
    expect(two).toMatchObject({
      status: 400,
      headers: expect.stringMatching(/content-type: application\/scim\+json/i),
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '400',
        detail: message,
      },
    });
  });

  it.each(['/oauth2/token', '/oauth2/introspect'])('FIND R-12 are refused by %s', async (path) => {
    const { clientId, clientSecret } = await anOAuthClient(app);
    const right = basic(clientId, clientSecret).authorization;
    const form = 'grant_type=client_credentials&token=x';

    const one = await send(`POST ${path}`, [right], form);
    const two = await send(`POST ${path}`, [right, basic('x', 'y').authorization], form);

    expect(one.status).toBe(200);
    expect(two).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_reason: 'unknown', error_description: message },
    });
  });

  it('FIND R-12 are refused where tokens are validated, and where nothing is', async () => {
    const two = ['Bearer x', 'Bearer y'];

    expect((await send('GET /api/jwt/validate', two)).status).toBe(400);
    expect((await send('GET /nowhere', two)).status).toBe(400);
  });
});
