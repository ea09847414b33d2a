import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startApp } from '../support/app.js';
import { databases } from '../support/databases.js';

async function refused(url: string): Promise<boolean> {
  return fetch(`${url}/api/health`).then(
    () => false,
    () => true,
  );
}

describe.each(databases)('a server on $name that stops', (database) => {
  it('is not kept by a client that keeps its connections', async () => {
    const app = await startApp(database);
    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify({ entityType: { name: 'Made while stopping' } });
    const running = request({
      port: app.port,
      host: '127.0.0.1',
      agent,
      method: 'POST',
      path: '/api/entity/type',
      headers: {
        authorization: app.apiKey,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    running.write(body.slice(0, 10));
    await once(running, 'socket');
    // The head must have been read: the server takes connections in their order.
    expect(await refused(app.url)).toBe(false);
    await pause(100);

    const stopped = app.close();
    while (!(await refused(app.url))) await pause(20);
    running.end(body.slice(10));
    const [answer] = (await once(running, 'response')) as [IncomingMessage];
    answer.resume();
    // A kept connection lives longer by itself than a test may take.
    await stopped;

    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe('close');
    agent.destroy();
  });
});
