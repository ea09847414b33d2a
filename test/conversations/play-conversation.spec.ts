import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConversation } from './conversation.js';
import { play } from './play-conversation.js';

/** What the fake server says to every request, in turn; the last one for ever. */
interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
}

interface SeenRequest {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const user = { schemas: [userUrn], id: '7', userName: 'ann', name: { givenName: 'A' } };
const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';
const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const get = { method: 'GET', path: '/Users' };

describe('play', () => {
  let server: Server;
  let answers: FakeAnswer[];
  let seen: SeenRequest[];

  beforeEach(async () => {
    answers = [];
    seen = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 204 };
        response.writeHead(answer.status, {
          'content-type': answer.type ?? 'application/scim+json; charset=utf-8',
        });
        response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const playSteps = (steps: readonly unknown[], given: readonly unknown[] = []) => {
    const { port } = server.address() as AddressInfo;
    const connection = {
      baseUrl: `http://127.0.0.1:${port}/v2`,
      token: 't0ken',
      headers: { 'user-agent': 'Okta' },
    };
    return play(parseConversation({ about: 'a', source: 's', given, steps }), connection);
  };

  it('fills what was remembered into paths, bodies and checks', async () => {
    answers = [
      { status: 201, body: user },
      { status: 200, body: { ...user, name: { givenName: 'B' } } },
    ];

    await playSteps(
      [
        {
          request: {
            method: 'PUT',
            path: '/Users/{{userId}}',
            body: {
              $merge: ['{{user}}', { name: { givenName: 'B' }, 'x-{{userId}}': 'no. {{userId}}' }],
            },
          },
          response: { status: 200, body: { id: '{{userId}}', name: { givenName: 'B' } } },
        },
      ],
      [
        {
          request: { method: 'POST', path: '/Users', body: {} },
          remember: { userId: '$.id', user: '$' },
        },
      ],
    );

    expect(seen[1]).toMatchObject({
      line: 'PUT /v2/Users/7',
      body: { ...user, name: { givenName: 'B' }, 'x-7': 'no. 7' },
    });
  });

  it('keeps a made-up id for a whole play and counts what it sends often', async () => {
    await playSteps(
      [{ request: { method: 'DELETE', path: '/Users/{{guid:x}}' }, response: { status: 204 } }],
      [
        {
          times: 2,
          request: { method: 'POST', path: '/Users', body: { id: '{{guid:x}}', n: '{{n}}' } },
        },
      ],
    );

    const ids = seen.slice(0, 2).map(({ body }) => body);
    expect(ids).toEqual([
      { id: expect.stringMatching(/^[0-9a-f-]{36}$/), n: 1 },
      { id: expect.anything(), n: 2 },
    ]);
    expect(seen[2]?.line).toBe(`DELETE /v2/Users/${Object(ids[0]).id}`);
    expect(Object(ids[1]).id).toBe(Object(ids[0]).id);
  });

  it('encodes a query as clients do and leaves a bare flag alone', async () => {
    await playSteps([
      {
        request: {
          method: 'GET',
          path: '/Users?aadOptscim062020&filter=emails[type eq "work"].value eq "a+b@x"',
        },
        response: { status: 204 },
      },
    ]);

    expect(seen[0]?.line).toBe(
      'GET /v2/Users?aadOptscim062020&filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22a%2Bb%40x%22',
    );
  });

  it('sends the token as a bearer, bare or not at all, with the headers of the client', async () => {
    const step = { request: get, response: { status: 204 } };

    await playSteps([
      step,
      { ...step, request: { ...get, token: 'bare', headers: { 'user-agent': 'Entra' } } },
      { ...step, request: { ...get, token: 'none' } },
    ]);

    expect(seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t0ken',
      't0ken',
      undefined,
    ]);
    expect(seen.map(({ headers }) => headers['user-agent'])).toEqual(['Okta', 'Entra', 'Okta']);
  });

  it('names the step, every fault and the answer', async () => {
    answers = [{ status: 200, body: user }];
    const response = {
      status: 201,
      headers: { location: { $type: 'string' } },
      body: { userName: 'Ann' },
    };

    await expect(playSteps([{ about: 'create', request: get, response }])).rejects.toThrow(
      [
        'steps[0] GET /Users (create)',
        '  - needed status 201',
        '  - header location: needed of type "string", got nothing',
        '  - $.userName: needed "Ann", got "ann"',
        `  answer: 200 ${JSON.stringify(user)}`,
      ].join('\n'),
    );
  });

  it('takes a 204 without the body only where the client does', async () => {
    const body = { id: '7' };

    await playSteps([{ request: get, response: { status: [200, 204], body } }]);

    await playSteps([{ request: get, response: { status: 204, body: { $absent: true } } }]);
    await expect(playSteps([{ request: get, response: { status: 204, body } }])).rejects.toThrow(
      'an object',
    );
    answers = [{ status: 200 }];
    await expect(
      playSteps([{ request: get, response: { status: [200, 204], body } }]),
    ).rejects.toThrow('an object');
  });

  it.each([
    [
      'a failed preparation',
      { status: 404, body: { schemas: [errorUrn], status: '404' } },
      'needs a 2xx',
    ],
    ['a 5xx', { status: 500, body: { schemas: [errorUrn], status: '500' } }, '5xx'],
    [
      'another content type',
      { status: 200, body: user, type: 'application/json' },
      'content type is application/json',
    ],
    [
      'an error without its schema',
      { status: 404, body: { status: '404' } },
      'names the Error schema',
    ],
    [
      'an error with a number',
      { status: 404, body: { schemas: [errorUrn], status: 404 } },
      'status as text',
    ],
    ['an error without a body', { status: 401 }, 'an error has a body'],
    [
      'a list with text counters',
      { status: 200, body: aList({ totalResults: '1' }) },
      'totalResults is an integer',
    ],
    [
      'a list without counters',
      { status: 200, body: aList({ startIndex: undefined }) },
      'startIndex is an integer',
    ],
    [
      'a wrong itemsPerPage',
      { status: 200, body: aList({ itemsPerPage: 100 }) },
      'itemsPerPage is 1',
    ],
    [
      'a password in a resource',
      { status: 200, body: { ...user, password: 'x' } },
      'password is never returned',
    ],
    [
      'a password in a list',
      { status: 200, body: aList({ Resources: [{ password: '' }] }) },
      'never returned',
    ],
  ])('refuses %s, whatever the step says', async (_what, answer, fault) => {
    answers = [answer];

    await expect(
      playSteps([{ request: get, response: { status: 200 } }], [{ request: get }]),
    ).rejects.toThrow(fault);
  });

  it('refuses names that nothing is remembered under', async () => {
    const deleteNobody = {
      request: { method: 'DELETE', path: '/Users/{{nobody}}' },
      response: { status: 204 },
    };

    await expect(playSteps([deleteNobody])).rejects.toThrow('{{nobody}} is not remembered');
    await expect(
      playSteps([{ request: get, response: { status: 204 }, remember: { id: '$.id' } }]),
    ).rejects.toThrow('nothing to remember at $.id');
  });
});

function aList(changes: object): object {
  return {
    schemas: [listUrn],
    totalResults: 1,
    startIndex: 1,
    itemsPerPage: 1,
    Resources: [user],
    ...changes,
  };
}
