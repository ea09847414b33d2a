import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { anInstallation, type TestInstallation } from '../support/installation.js';
import { startRollcall } from '../support/rollcall-process.js';

const path = '/api/scim/resource/v2/Users';
const user = JSON.stringify({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ann@example.com',
});

/** Sends the head of a request and half of its body; the rest is up to the test. */
async function beginCreate(port: number, token: string): Promise<ClientRequest> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/scim+json',
    'content-length': Buffer.byteLength(user),
  };
  const slow = request({ port, host: '127.0.0.1', method: 'POST', path, headers, agent: false });
  slow.write(user.slice(0, 20));
  await once(slow, 'socket');
  // The head must have been read before the signal comes: the server takes connections in their order.
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  await pause(100);
  return slow;
}

async function refused(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/api/health`).then(
    () => false,
    () => true,
  );
}

describe.each(databases)('D9 a server on $name that is told to stop', (database) => {
  let installation: TestInstallation;
  let variables: Record<string, string>;
  let port: number;
  let token: string;
  beforeAll(async () => {
    port = await freePort();
    installation = await anInstallation(database);
    variables = { ...installation.variables, PORT: String(port), HOST: '127.0.0.1' };
    const quickstart = startRollcall(['quickstart'], variables);
    await quickstart.until(() => quickstart.out.includes('Stop with Ctrl+C'));
    await quickstart.stop();
    const kept = await readFile(join(installation.dataDir, 'quickstart.json'), 'utf8');
    token = String((JSON.parse(kept) as { bearerToken: unknown }).bearerToken);
  });
  afterAll(() => installation.drop());

  it('finishes what runs, refuses what comes, and exits with 0, however often it is told', async () => {
    const server = startRollcall(['serve'], variables);
    try {
      await server.untilReady(port);
      const slow = await beginCreate(port, token);

      server.signal('SIGTERM');
      await server.until(() => refused(port));
      server.signal('SIGTERM');
      server.signal('SIGINT');
      await pause(200);
      slow.end(user.slice(20));
      const [answer] = (await once(slow, 'response')) as [IncomingMessage];
      answer.resume();

      expect(answer.statusCode).toBe(201);
      expect(await server.end()).toMatchObject({ exitCode: 0, error: '' });
    } finally {
      await server.stop();
    }
  });

  it('FIND R-10 serves on for its delay and is not ready meanwhile, so that no request is lost', async () => {
    const server = startRollcall(['serve'], { ...variables, ROLLCALL_SHUTDOWN_DELAY_MS: '2000' });
    const get = (route: string) => fetch(`http://127.0.0.1:${port}${route}`);
    try {
      await server.untilReady(port);
      const before = await get('/api/health');
      server.signal('SIGTERM');
      // What a balancer does: it sends requests until it sees that the server is leaving, and some after that.
      const connections: (string | null)[] = [];
      for (let ready = true; ready; ready = (await get('/api/health/ready')).status === 200)
        connections.push((await get('/api/health')).headers.get('connection'));
      for (let late = 0; late < 20; late += 1) {
        const answer = await get('/api/health');
        expect(answer.status).toBe(200);
        connections.push(answer.headers.get('connection'));
      }
      const ready = await get('/api/health/ready');

      expect(before.headers.get('connection')).toBe('keep-alive');
      expect(connections.at(-1)).toBe('close');
      expect(ready.status).toBe(503);
      expect(ready.headers.get('retry-after')).toBe('5');
      expect(await ready.json()).toEqual({ status: 'Stopping' });
      expect(await server.end()).toMatchObject({ exitCode: 0, error: '' });
      expect(await refused(port)).toBe(true);
    } finally {
      await server.stop();
    }
  });

  it('has kept what it answered', async () => {
    const server = startRollcall(['serve'], variables);
    try {
      await server.untilReady(port);
      const found = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await found.json()).toMatchObject({
        totalResults: 1,
        Resources: [{ userName: 'ann@example.com' }],
      });
    } finally {
      await server.stop();
    }
  });
});
