import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const planted = {
  clientSecret: 'planted-client-secret-4711',
  password: 'planted-password-4711',
  newPassword: 'planted-new-password-4711',
  smtpPassword: 'planted-smtp-password-4711',
  wrongKey: 'planted-wrong-key-4711',
  wrongSecret: 'planted-wrong-secret-4711',
  wrongToken: 'planted.wrong-token.4711',
  queryToken: 'planted-query-token-4711',
  userName: 'planted-user\n{"level":60,"msg":"forged"}\u001b[31m',
};

/** Everything that an application wrote to its log, in one text. */
function logToMemory(): { readonly logger: pino.Logger; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { logger: pino({ level: 'trace' }, stream), text: () => chunks.join('') };
}

describe.each(databases)('the log on $name', (database) => {
  const log = logToMemory();
  let app: TestApp;
  let client: TestScimConnection;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  beforeAll(async () => {
    app = await startApp(database, {}, log.logger);
    client = await aScimConnection(app);
    await work();
  });
  afterAll(() => app.close());

  async function work(): Promise<void> {
    const headers = { 'x-fusionauth-tenantid': client.tenantId };
    const entity = await app.request('GET', `/api/entity/${client.clientEntityId}`);
    await app.request('PATCH', `/api/entity/${client.clientEntityId}`, {
      body: { entity: { clientSecret: planted.clientSecret } },
      headers,
    });
    await app.request('PATCH', `/api/tenant/${client.tenantId}`, {
      body: {
        tenant: { emailConfiguration: { host: 'smtp.test', password: planted.smtpPassword } },
      },
    });
    const ann = await client.scim('POST', '/Users', {
      schemas: [userSchema],
      userName: planted.userName,
      password: planted.password,
    });
    await client.scim('PATCH', `/Users/${ann.body.id}`, {
      schemas: [patchSchema],
      Operations: [{ op: 'replace', value: { password: planted.newPassword } }],
    });
    await client.scim('POST', '/Users', { schemas: [userSchema], userName: planted.userName });
    await client.scim('GET', `/Users?access_token=${planted.queryToken}`);
    await client.scim('GET', '/Users', undefined, {
      authorization: `Bearer ${planted.wrongToken}`,
    });
    await app.request('GET', '/api/tenant', { key: planted.wrongKey });
    const credentials = (secret: string) =>
      `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${secret}`;
    await app.request('POST', '/oauth2/token', {
      key: null,
      body: credentials(planted.wrongSecret),
      headers: form,
    });
    await app.request('POST', '/oauth2/token', {
      key: null,
      body: credentials(planted.clientSecret),
      headers: form,
    });
    await app.request('POST', '/oauth2/introspect', {
      key: null,
      body: `token=${client.token}`,
      headers: form,
    });
    expect(entity.body.entity.clientSecret).toBe(client.clientSecret);
  }

  const secrets = () => [
    ...Object.values(planted).filter((text) => text !== planted.userName),
    app.apiKey,
    client.clientSecret,
    client.token,
  ];

  it('K3 holds no secret, password, token or key, and no name that a person could be known by', () => {
    const text = log.text();

    for (const secret of secrets()) expect(text).not.toContain(secret);
    expect(text).not.toContain('planted');
  });

  it('L1 has one JSON object on each line, and nobody can forge one', () => {
    const lines = log.text().trim().split('\n');

    for (const line of lines)
      expect(JSON.parse(line)).toEqual(expect.objectContaining({ level: expect.any(Number) }));
    expect(lines.filter((line) => JSON.parse(line).msg === 'forged')).toEqual([]);
  });

  it('has one line for each request, with who, where and how long', () => {
    const requests = log
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'request');

    expect(requests.length).toBe(12);
    expect(requests).toContainEqual(
      expect.objectContaining({
        requestId: expect.any(String),
        tenantId: client.tenantId,
        actor: { kind: 'scim_client', id: client.clientEntityId },
        method: 'POST',
        route: '/api/scim/resource/v2/:endpoint',
        status: 201,
        ms: expect.any(Number),
      }),
    );
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length);
  });

  it('K1 keeps no secret in the record of events either, nor a readable one anywhere in the database', async () => {
    const unitOfWork = app.get(UnitOfWork);
    const tables = [
      'events',
      'entities',
      'entity_secrets',
      'api_keys',
      'users',
      'user_credentials',
      'user_values',
      'tokens',
      'keys',
    ];
    const rows: unknown[] = [];
    for (const table of tables)
      rows.push(await unitOfWork.query(sql`select * from ${sql.raw(table)}`));
    const text = JSON.stringify(rows);

    for (const secret of secrets()) expect(text).not.toContain(secret);
    expect(text).not.toContain('PRIVATE KEY');
  });
});
