import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { rawClient, readToEnd } from '../support/raw-client.js';
import { sendRaw } from '../support/raw-http.js';
import {
  aGroup,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  groupUrn,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const mebibyte = 1024 * 1024;

describe.each(databases)('SCIM bytes on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let userId: string;
  let before: string;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    userId = (
      await create(
        client,
        'Users',
        aUser({ userName: 'ada', title: 'as it was', [enterpriseUrn]: { department: 'd' } }),
      )
    ).id;
    await create(client, 'Groups', aGroup({ displayName: 'all', members: [{ value: userId }] }));
    before = await everythingIn(client);
  });
  afterAll(() => app.close());

  async function expectUnchanged(): Promise<void> {
    expect(await everythingIn(client)).toBe(before);
    expect({}).not.toHaveProperty('polluted');
    expect(Object.keys(Object.prototype)).toEqual([]);
  }

  describe('bodies on the wire', () => {
    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
      'nonsense',
      'application/scim',
      '',
    ])('R1 refuses the type %j', async (type) => {
      const answer = await client.scim('POST', '/Users', JSON.stringify(aUser()), {
        'content-type': type,
      });

      expectScimError(answer, 415);
      await expectUnchanged();
    });

    it('P1 P2 reads both types of JSON, with a charset or without', async () => {
      const own = await aScimConnection(app);
      for (const type of [
        'application/scim+json',
        'application/json',
        'application/scim+json; charset=utf-8',
        'Application/JSON;charset="UTF-8"',
      ]) {
        expect(
          (await own.scim('POST', '/Users', aUser({ title: 'é😀' }), { 'content-type': type })).body
            .title,
        ).toBe('é😀');
      }
    });

    it('R2 refuses what is compressed', async () => {
      const bomb = gzipSync(Buffer.alloc(8 * mebibyte, 0x20));
      for (const encoding of ['gzip', 'deflate', 'br', 'gzip, identity']) {
        const response = await fetch(`${client.baseUrl}/Users`, {
          method: 'POST',
          body: bomb,
          headers: {
            authorization: `Bearer ${client.token}`,
            'content-type': 'application/scim+json',
            'content-encoding': encoding,
          },
        });
        expect(await response.json()).toMatchObject({ status: '415' });
      }
      await expectUnchanged();
    });

    it('refuses bytes that are no UTF-8', async () => {
      const bytes = Buffer.concat([
        Buffer.from(`{"schemas":["${userUrn}"],"userName":"`),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}'),
      ]);
      const headers = {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/scim+json',
      };

      const response = await fetch(`${client.baseUrl}/Users`, {
        method: 'POST',
        body: bytes,
        headers,
      });

      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ status: '400', scimType: 'invalidSyntax' }),
      ]);
      await expectUnchanged();
    });

    it('takes 16 MiB for a group and not a byte more', async () => {
      const own = await aScimConnection(app);
      const padded = (bytes: number) => {
        const head = `{"schemas":["${groupUrn}"],"displayName":"large","members":[`;
        return `${head}${' '.repeat(bytes - head.length - 2)}]}`;
      };

      const made = await own.scim('POST', '/Groups', padded(16 * mebibyte));
      const put = await own.scim('PUT', `/Groups/${made.body.id}`, padded(2 * mebibyte));

      expect([made.status, put.status]).toEqual([201, 200]);
      expectScimError(await own.scim('POST', '/Groups', padded(16 * mebibyte + 1)), 413);
      expectScimError(
        await own.scim('PATCH', `/Groups/${made.body.id}`, padded(mebibyte + 1)),
        413,
      );
    });

    it('counts a body that does not say its length', async () => {
      const stream = new ReadableStream({
        pull(controller) {
          controller.enqueue(Buffer.alloc(256 * 1024, 0x20));
        },
      });
      const headers = {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/scim+json',
      };

      const answer = fetch(`${client.baseUrl}/Users`, {
        method: 'POST',
        body: stream,
        headers,
        duplex: 'half',
      });
      const outcome = await answer.then(
        ({ status }) => status,
        () => 'closed',
      );

      expect([413, 'closed']).toContain(outcome);
      await expectUnchanged();
    });

    it('asks for a body when none follows its type', async () => {
      const headers = { 'content-type': 'application/scim+json' };

      expectScimError(
        await client.scim('POST', '/Users', undefined, headers),
        400,
        'invalidSyntax',
      );
      expectScimError(
        await client.scim('PUT', `/Users/${userId}`, undefined, headers),
        400,
        'invalidSyntax',
      );
      expectScimError(
        await client.scim('PATCH', `/Users/${userId}`, undefined),
        400,
        'invalidSyntax',
      );
      expect((await client.scim('GET', `/Users/${userId}`, undefined, headers)).status).toBe(200);
      expectScimError(
        await client.scim('DELETE', `/Users/${randomUUID()}`, undefined, headers),
        404,
      );
      await expectUnchanged();
    });
  });

  describe('on the socket', () => {
    it.each([
      ['of SCIM', '/api/scim/resource/v2/Users', 'scim+json'],
      ['of SCIM with an absolute target', 'http://a/api/scim/resource/v2/Users', 'scim+json'],
      ['of another face', '/api/tenant', 'json'],
    ])(
      'H2 answers a broken request %s in its shape, whatever was sent before',
      async (_, target, type) => {
        const body = `x=/api/scim/&y=${'z'.repeat(3_000)}`;
        const form = 'Content-Type: application/x-www-form-urlencoded';
        const client = await rawClient(app.port);
        const answers = readToEnd(client);

        client.write(
          `POST /oauth2/token HTTP/1.1\r\nHost: a\r\n${form}\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        await pause(50);
        client.write(body);
        await once(client, 'data');
        client.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n`);

        const broken = (await answers).split('HTTP/1.1 ').at(-1);
        expect(broken).toContain(`Content-Type: application/${type}\r\n`);
      },
    );

    const host = 'Host: localhost';
    const get = (path: string, ...headers: string[]) =>
      [`GET ${path} HTTP/1.1`, host, ...headers, '', ''].join('\r\n');

    it.each<[string, string, number]>([
      [
        'a request line beyond 16 KiB',
        get(`/api/scim/resource/v2/Users?filter=${'x'.repeat(17 * 1024)}`),
        431,
      ],
      [
        'a header of 64 KiB',
        get('/api/scim/resource/v2/Users', `X-Long: ${'x'.repeat(64 * 1024)}`),
        431,
      ],
      [
        'many headers',
        get(
          '/api/scim/resource/v2/Users',
          ...Array.from({ length: 2_000 }, (_, n) => `X-${n}: yyyyyyyy`),
        ),
        431,
      ],
      [
        'a bearer token of 20 KiB',
        get('/api/scim/resource/v2/Users', `Authorization: Bearer ${'x'.repeat(20 * 1024)}`),
        431,
      ],
      ['a header without a colon', get('/api/scim/resource/v2/Users', 'nonsense'), 400],
      [
        'length and chunks together',
        get('/api/scim/resource/v2/Users', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
        400,
      ],
      [
        'two lengths',
        get('/api/scim/resource/v2/Users', 'Content-Length: 5', 'Content-Length: 6'),
        400,
      ],
      ['no HTTP', 'SCIM /api/scim/resource/v2/Users\r\n\r\n', 400],
    ])('H2 answers %s in SCIM and closes', async (_what, request, status) => {
      const answer = await sendRaw(app.port, request);

      expect(answer.status).toBe(status);
      expect(answer.headers).toMatch(/content-type: application\/scim\+json/i);
      expect(answer.headers).toMatch(/connection: close/i);
      expect(JSON.parse(answer.body)).toEqual({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        detail: expect.any(String),
      });
    });

    it('serves on afterwards', async () => {
      expect((await read(client, `/Users/${userId}`)).title).toBe('as it was');
      await expectUnchanged();
    });
  });
});
