import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { rawClient, readToEnd } from '../support/raw-client.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const mebibyte = 1024 * 1024;

describe.each(databases)('the bodies of strangers on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  /** Sends a request whose body is not JSON, and reads until the server ends the connection. */
  async function send(line: string, fields: string, body: string): Promise<string> {
    const socket = await rawClient(app.port);
    socket.write(
      `${line} HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}` +
        'GET /api/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    return readToEnd(socket);
  }

  it.each([
    ['POST', '/api/scim/resource/v2/Bulk'],
    ['POST', '/api/scim/resource/v2/Users'],
    ['PUT', '/api/scim/resource/v2/Groups/1'],
    ['POST', '/api/scim/resource/v2/.search'],
    ['POST', '/api/tenant'],
    ['PATCH', '/api/entity/type/1'],
    ['POST', '/api/entity/search'],
  ])('FIND R-2 looks at the credential of %s %s before the body', async (method, path) => {
    const fields = 'Authorization: Bearer x\r\nContent-Type: application/json\r\n';
    const short = await send(`${method} ${path}`, fields, '{'.repeat(1_000));
    const long = await send(`${method} ${path}`, fields, '{'.repeat(9 * mebibyte));

    expect(short).toMatch(/^HTTP\/1\.1 401 [^]*HTTP\/1\.1 200 /);
    expect(long).toMatch(/^HTTP\/1\.1 401 /);
    expect(long).toMatch(/^connection: close/im);
    expect(long).not.toContain('HTTP/1.1 200 ');
  });

  it('FIND R-2 sends no body to a route that wants none', async () => {
    const fields = `Authorization: ${app.apiKey}\r\nContent-Type: text/plain\r\n`;

    const answers = await send('GET /api/tenant', fields, 'no JSON');

    expect(answers).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 /);
  });

  it('FIND R-2 does not ask a stranger for the body that he offers', async () => {
    const fields = 'Content-Type: application/scim+json\r\nExpect: 100-continue\r\n';
    const line = 'POST /api/scim/resource/v2/Users';
    const user =
      '{"userName":"expected@example.com","schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}';

    const stranger = await send(line, `Authorization: Bearer x\r\n${fields}`, user);
    const known = await send(line, `Authorization: Bearer ${client.token}\r\n${fields}`, user);

    expect(stranger).toMatch(/^HTTP\/1\.1 401 /);
    expect(known).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  it('FIND R-2 reads 32 KiB of a form and no more', async () => {
    const fields = 'Content-Type: application/x-www-form-urlencoded\r\n';

    const answer = await send('POST /oauth2/token', fields, `scope=${'x'.repeat(mebibyte)}`);

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/^connection: close/im);
  });
});
