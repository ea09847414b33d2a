import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { sendHttp } from '../support/http-client.js';
import { anInstallation } from '../support/installation.js';
import { rawClient } from '../support/raw-client.js';
import { type RunningProcess, startRollcall } from '../support/rollcall-process.js';

const request = 'GET /.well-known/openid-configuration HTTP/1.1\r\nHost: a\r\n\r\n';
const memoryMaxMb = 300;
const samples = 300;

/** The resident memory of a process; Linux tells it. */
async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** How long one client's requests took, from the quickest to the slowest. */
async function waits(port: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < samples; index += 1) {
    const start = performance.now();
    const { status } = await sendHttp(`http://127.0.0.1:${port}/api/health`, { method: 'GET' });
    times.push(performance.now() - start);
    expect(status).toBe(200);
    await pause(2);
  }
  return times.sort((one, other) => one - other);
}

const at = (times: readonly number[], share: number) =>
  times[Math.floor(times.length * share)] ?? 0;

/** Sends as much as the server takes, for as long as the connection is there, and reads nothing. */
async function flood(port: number): Promise<Socket> {
  const socket = await rawClient(port);
  const block = Buffer.from(request.repeat(1_000));
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.pause().on('drain', write);
  write();
  return socket;
}

const [sqlite] = databases;
const isLinux = process.platform === 'linux';

(isLinux && sqlite !== undefined ? describe : describe.skip)('pipelining clients', () => {
  async function withServer(test: (port: number, server: RunningProcess) => Promise<void>) {
    if (sqlite === undefined) throw new Error('SQLite is always there');
    const port = await freePort();
    const installation = await anInstallation(sqlite);
    const variables = { ...installation.variables, PORT: String(port), HOST: '127.0.0.1' };
    const server = startRollcall(['serve'], variables);
    try {
      await server.untilReady(port);
      await waits(port);
      await test(port, server);
    } finally {
      await server.stop();
      await installation.drop();
    }
  }

  // The middle of the waits is compared with the idle server's slowest: a busy machine moves single ones at will.
  it('FIND R-1 one that leaves after 36,000 requests holds nobody up', async () => {
    await withServer(async (port, server) => {
      const idle = await waits(port);
      const client = await rawClient(port);
      client.write(request.repeat(36_000), () => client.destroy());

      const attacked = await waits(port);

      expect(at(attacked, 0.5)).toBeLessThan(5 * at(idle, 0.99));
      expect(await memoryMb(server.pid)).toBeLessThan(memoryMaxMb);
    });
  });

  it('FIND R-1 fifty that never read hold nobody up', async () => {
    await withServer(async (port, server) => {
      const idle = await waits(port);
      const clients = await Promise.all(Array.from({ length: 50 }, () => flood(port)));

      const attacked = await waits(port);
      const memory = await memoryMb(server.pid);
      for (const client of clients) client.destroy();

      expect(at(attacked, 0.5)).toBeLessThan(5 * at(idle, 0.99));
      expect(memory).toBeLessThan(memoryMaxMb);
    });
  });
});
