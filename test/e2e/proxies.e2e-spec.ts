import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { sendRaw } from '../support/raw-http.js';
import { aScimConnection } from '../support/scim-connection.js';

describe.each(databases)('headers of proxies on $name', (database) => {
  const lines: string[] = [];
  const logger = pino(
    { level: 'info' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  let trusting: TestApp;
  let app: TestApp;
  beforeAll(async () => {
    trusting = await startApp(database, { trustedProxies: ['127.0.0.1'] }, logger);
    app = await startApp(database, {}, logger);
  });
  afterAll(async () => {
    await trusting.close();
    await app.close();
  });

  const forwarded = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '444',
    'x-forwarded-prefix': '/evil',
    forwarded: 'for=192.0.2.1;host=evil.example;proto=https',
  };

  it.each([
    ['a stranger', () => app],
    ['a trusted proxy', () => trusting],
  ])('SEC H1 changes no URL in an answer, whatever the headers of %s say', async (_who, appOf) => {
    const asked = appOf();
    const connection = await aScimConnection(asked);
    const made = await connection.scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada',
    });
    const headers = { ...forwarded, host: 'evil.example' };
    const [discovery, overview, user] = [
      await asked.request('GET', '/.well-known/openid-configuration', { key: null, headers }),
      await asked.request('GET', `/api/rollcall/tenant/${connection.tenantId}/scim`, { headers }),
      await asked.request('GET', `/api/scim/resource/v2/Users/${made.body.id}`, {
        headers: { ...headers, authorization: `Bearer ${connection.token}` },
      }),
    ];

    for (const { status, text } of [discovery, overview, user]) {
      expect(status).toBe(200);
      expect(text).toContain(asked.configuration.publicUrl);
      expect(text).not.toContain('evil');
    }
  });

  it.each([
    ['absolute-form', 'GET http://evil.example/.well-known/openid-configuration HTTP/1.1'],
    ['a foreign Host', 'GET /.well-known/openid-configuration HTTP/1.1'],
  ])('SEC H1 names no stranger to who asks with %s', async (_what, line) => {
    const { status, body } = await sendRaw(
      app.port,
      `${line}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );

    expect(status).toBe(200);
    expect(body).toContain(app.configuration.publicUrl);
    expect(body).not.toContain('evil');
  });

  it('SEC H1 takes the id of a request from a trusted proxy, and from nobody else', async () => {
    const ask = async (asked: TestApp, id: string) => {
      lines.length = 0;
      const headers = { 'x-request-id': id };
      await asked.request('GET', '/api/health', { key: null, headers });
      return lines.join('');
    };

    expect(await ask(trusting, 'proxy-4711')).toContain('"requestId":"proxy-4711"');
    expect(await ask(trusting, 'proxy 4711')).not.toContain('4711');
    expect(await ask(app, 'stranger-4711')).not.toContain('4711');
  });
});
