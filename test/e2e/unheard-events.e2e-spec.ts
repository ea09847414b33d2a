import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { startApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { startProcess } from '../support/rollcall-process.js';

const bin = fileURLToPath(new URL('../../dist/cli/rollcall.js', import.meta.url));

const module = new URL('../../dist/edge/log-output.js', import.meta.url).href;

/** Writing to what was opened for reading fails each time, as a full disk does. */
const program = `
  import { openSync } from 'node:fs';
  import { setTimeout as pause } from 'node:timers/promises';
  const { logOutput } = await import('${module}');
  const output = logOutput(openSync(process.execPath, 'r'));
  let dropped = 0;
  output.on('drop', () => (dropped += 1));
  for (let turn = 0; turn < 3; turn += 1) {
    output.write('a line\\n');
    await pause(300);
  }
  const line = 'x'.repeat(10_000);
  for (let lines = 0; lines < 3_000 && dropped === 0; lines += 1) output.write(line);
  process.stdout.write(dropped > 0 ? 'bounded' : 'without bounds');
  process.exit(0);
`;

describe('FIND R-3 a log that cannot be written', () => {
  it('stops nothing, keeps no more than it may, and lets the process end', async () => {
    const child = startProcess(process.execPath, ['--input-type=module', '--eval', program], {
      variables: {},
    });
    try {
      await child.until(() => child.out !== '');
      expect(await child.end()).toEqual({ exitCode: 0, out: 'bounded', error: '' });
    } finally {
      child.signal('SIGKILL');
    }
  });
});

describe('FIND R-3 an output that nobody reads any more', () => {
  it('does not break the command', async () => {
    const child = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const complaints: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    child.stdout.destroy();

    expect(await once(child, 'close')).toEqual([0, null]);
    expect(complaints).toEqual([]);
  });
});

describe.each(databases)('FIND R-3 a server on $name', (database) => {
  it('goes on when the system hands over no connection', async () => {
    const app = await startApp(database);
    try {
      const server: unknown = app.get(HttpAdapterHost).httpAdapter.getHttpServer();
      if (!(server instanceof Server)) throw new Error('this is about the HTTP server');

      server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));

      expect((await app.request('GET', '/api/health', { key: null })).status).toBe(200);
    } finally {
      await app.close();
    }
  });
});
