import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { BoundedConnection, unreadBytesMax } from '../../src/edge/bounded-connection.js';
import { createBoundedServer } from '../../src/edge/bounded-server.js';
import { heldStartsPerTurnMax } from '../../src/edge/held-requests.js';
import { rawClient, readToEnd } from '../support/raw-client.js';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
/** The server ends the connection with the answer to it. */
const last = 'GET /last. HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

let server: Server;
let sockets: Socket[];

async function serve(listener: RequestListener): Promise<number> {
  sockets = [];
  server = createBoundedServer({}, listener);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers in a later turn of the event loop, as everything does that asks a database. */
function answerLater(body: (request: IncomingMessage) => string) {
  return (request: IncomingMessage, response: ServerResponse) =>
    void setImmediate(() => response.end(body(request)));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
}

/** Waits until a count has stood still for a while. */
async function settled(count: () => number): Promise<number> {
  let before = -1;
  while (before !== count()) {
    before = count();
    await pause(100);
  }
  return before;
}

describe('a connection of the server', () => {
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('FIND R-1 runs the requests that a client sends ahead one after the other, in their order', async () => {
    let running = 0;
    let runningMost = 0;
    const port = await serve((request, response) => {
      running += 1;
      runningMost = Math.max(runningMost, running);
      setImmediate(() => {
        running -= 1;
        response.end(` ${request.url}`);
      });
    });
    const client = await rawClient(port);
    const paths = Array.from({ length: 3_000 }, (_, index) => String(index));

    client.write(paths.map((path) => get(`/${path}.`)).join('') + last);
    const answers = await readToEnd(client);

    expect(answers.match(/(?<= \/)\w+(?=\.)/g)).toEqual([...paths, 'last']);
    expect(runningMost).toBe(1);
  });

  it('reads a body that stands behind requests sent ahead', async () => {
    const port = await serve(
      (request, response) =>
        void request.toArray().then((chunks) => response.end(`<${Buffer.concat(chunks).length}>`)),
    );
    const client = await rawClient(port);
    const post = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`;

    client.write(get('/') + get('/') + post + get('/') + post + last);

    expect((await readToEnd(client)).match(/<\d+>/g)).toEqual([
      '<0>',
      '<0>',
      '<300000>',
      '<0>',
      '<300000>',
      '<0>',
    ]);
  });

  it('FIND R-1 starts nothing more for a client that has left', async () => {
    let started = 0;
    const port = await serve((_request, response) => {
      started += 1;
      setImmediate(() => response.end());
    });
    const client = await rawClient(port);

    client.write(get('/').repeat(36_000));
    await once(client, 'data');
    client.destroy();
    await new Promise((resolve) => sockets[0]?.once('close', resolve));
    const startedAtClose = started;

    expect(startedAtClose).toBeLessThan(3_600);
    expect(await settled(() => started)).toBe(startedAtClose);
  });

  it('FIND R-1 stops reading from a client that does not read', async () => {
    let started = 0;
    const body = 'x'.repeat(64 * 1024);
    const port = await serve((_request, response) => {
      started += 1;
      setImmediate(() => response.end(body));
    });
    const client = await rawClient(port);
    client.pause();

    const sent = get('/').repeat(100_000);
    client.write(sent);
    await settled(() => started);

    // What both kernels hold of answers, and of requests.
    expect(started).toBeLessThan(1_000);
    expect(sockets[0]?.bytesRead).toBeLessThan(sent.length / 2);
  });

  it('FIND R-1 lets clients that wait for their answers go before those that do not', async () => {
    const started = { ahead: 0, waiting: 0 };
    const port = await serve((request, response) => {
      started[request.url === '/ahead' ? 'ahead' : 'waiting'] += 1;
      setImmediate(() => response.end());
    });
    const flood = await Promise.all(Array.from({ length: 50 }, () => rawClient(port)));
    for (const client of flood) client.resume().write(get('/ahead').repeat(20_000));
    const waiting = await rawClient(port);
    while (started.ahead < 100) await pause(1);

    const overtakers: number[] = [];
    for (let round = 0; round < 30; round += 1) {
      const before = started.ahead;
      waiting.write(get('/waiting'));
      await once(waiting, 'data');
      overtakers.push(started.ahead - before);
    }

    // A turn to read the request, one to answer it and one to read the answer, with some to spare.
    overtakers.sort((one, other) => one - other);
    expect(overtakers[15]).toBeLessThanOrEqual(6 * heldStartsPerTurnMax);
    expect(started.ahead).toBeLessThan(50 * 20_000);
    for (const client of flood) client.destroy();
  });

  it('FIND R-9 SEC H2 refuses a second Host header, and ends the connection', async () => {
    const port = await serve(answerLater(() => 'served'));
    const client = await rawClient(port);

    client.write(`GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n${get('/')}`);
    const answer = await readToEnd(client);

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('more than one Host header');
    expect(answer).not.toContain('served');
  });

  it('leaves the leave to send a body to whoever reads it', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/wanted') response.writeContinue();
      response.end();
    });
    const expecting = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`;
    const [wanted, refused] = [await rawClient(port), await rawClient(port)];

    wanted.write(`${expecting('/wanted')}ab${last}`);
    refused.write(expecting('/refused'));

    expect(await readToEnd(wanted)).toContain('100 Continue');
    expect(await readToEnd(refused)).not.toContain('100 Continue');
  });

  it('keeps the start of a message as a copy, and only until it is a request', async () => {
    const port = await serve(
      (request, response) => void request.resume().once('end', () => response.end()),
    );
    const client = await rawClient(port);
    const head = 'POST /Users HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n';
    const targetOf = () =>
      sockets[0] === undefined ? undefined : BoundedConnection.find(sockets[0])?.target;

    client.write('POST /Users HTTP/1.1\r\n');
    await until(() => targetOf() === '/Users');
    client.write(head.slice('POST /Users HTTP/1.1\r\n'.length));
    await until(() => targetOf() === '');
    client.write('x'.repeat(60_000));
    await once(client, 'data');

    expect(targetOf()).toBe('');
  });
});

describe('the body of a refused request', () => {
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const refuse = (headers: Record<string, string>): RequestListener => {
    return (request, response) => {
      BoundedConnection.find(request.socket)?.discardBody(request);
      response.writeHead(401, headers).end('refused');
    };
  };

  it('FIND R-2 is read while it is short, and the connection goes on', async () => {
    const port = await serve(refuse({}));
    const client = await rawClient(port);
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n';

    client.write(post);
    await once(client, 'data');
    client.write('x'.repeat(60_000) + last);

    expect(await readToEnd(client)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('is read when its reader gave up on it', async () => {
    const port = await serve((request, response) => {
      request.once('readable', () => {
        request.read(1);
        BoundedConnection.find(request.socket)?.discardBody(request);
        response.end();
      });
    });
    const client = await rawClient(port);

    client.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`,
    );
    await once(client, 'data');
    await settled(() => sockets[0]?.bytesRead ?? 0);
    server.closeIdleConnections();

    expect(await readToEnd(client)).toBe('');
  });

  it.each([
    ['of a known length', 'Content-Length: 9000000\r\n\r\n', { connection: 'close' }],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n895440\r\n', {}],
  ])('FIND R-2 SEC H2 ends the connection when it is long, %s', async (_, fields, headers) => {
    const port = await serve(refuse(headers));
    const client = await rawClient(port);

    client.write(`POST / HTTP/1.1\r\nHost: a\r\n${fields}${'x'.repeat(9_000_000)}`);
    const answer = await readToEnd(client);

    expect(answer).toMatch(/^HTTP\/1\.1 401 [^]*refused/);
    // One read of the socket may come on top of the limit, and one more wait in its buffer.
    expect(sockets[0]?.bytesRead).toBeLessThan(unreadBytesMax + 3 * 64 * 1024);
  });
});
