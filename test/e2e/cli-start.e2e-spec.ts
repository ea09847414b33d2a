import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { type EndedProcess, runRollcall, startRollcall } from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const encryptionKey = Buffer.alloc(32, 1).toString('base64');

/** One plain sentence on standard error, nothing beside it, and an exit code that says that it failed. */
function expectSentence(ended: EndedProcess, words: RegExp): void {
  expect(ended.error).toMatch(/^[^\n]+[.]\n$/);
  expect(ended.error).toMatch(words);
  expect(ended.error).not.toMatch(/\bdefect\b/);
  expect({ exitCode: ended.exitCode, out: ended.out }).toEqual({ exitCode: 1, out: '' });
}

describe('a start that fails for a reason outside of the program', () => {
  const server = { HOST: '127.0.0.1', ROLLCALL_LOG_LEVEL: 'error' };

  async function onPostgres(change: (url: URL) => void): Promise<EndedProcess> {
    const [postgres] = databases.filter(({ name }) => name === 'postgres');
    const database = await postgres?.createEmpty();
    if (database?.settings.kind !== 'postgres') throw new Error('The run has a PostgreSQL.');
    try {
      const url = new URL(database.settings.url);
      change(url);
      return await runRollcall(['serve'], {
        ...server,
        PORT: String(await freePort()),
        ROLLCALL_DATABASE_URL: url.toString(),
        ROLLCALL_ENCRYPTION_KEY: encryptionKey,
      });
    } finally {
      await database.drop();
    }
  }

  it('says that PostgreSQL does not know the user', async () => {
    const ended = await onPostgres((url) => {
      url.username = 'nobody_of_that_name';
      url.password = 'hunter2hunter2';
    });

    expectSentence(ended, /PostgreSQL refuses the user or the password/);
    expect(ended.error).not.toContain('hunter2');
  });

  it('says that PostgreSQL has no such database', async () => {
    const ended = await onPostgres((url) => {
      url.pathname = '/no_database_of_that_name';
    });

    expectSentence(ended, /PostgreSQL has no database of the name/);
  });

  it('says that the database URL has no port that exists', async () => {
    const ended = await runRollcall(['serve'], {
      ROLLCALL_DATABASE_URL: 'postgres://rollcall:hunter2@localhost:99999/rollcall',
      ROLLCALL_ENCRYPTION_KEY: encryptionKey,
    });

    expectSentence(ended, /^ROLLCALL_DATABASE_URL must be a URL with a port/);
    expect(ended.error).not.toContain('hunter2');
  });

  it('says that the database file is none', async () => {
    const folder = await aFolder('cli');
    await writeFile(
      join(folder, 'rollcall.sqlite'),
      'This is a letter, not a database.'.repeat(99),
    );

    const ended = await runRollcall(['serve'], {
      ...server,
      ROLLCALL_DATA_DIR: folder,
      ROLLCALL_ENCRYPTION_KEY: encryptionKey,
    });

    expectSentence(ended, /database file in ROLLCALL_DATA_DIR is damaged/);
  });

  it('says that HOST is no address, and not that the database is away', async () => {
    const ended = await runRollcall(['serve'], {
      ...server,
      HOST: 'no-such-host.invalid',
      PORT: String(await freePort()),
      ROLLCALL_DATA_DIR: await aFolder('cli'),
    });

    expectSentence(ended, /^HOST no-such-host.invalid is no address/);
  });

  it('says that its port is taken, and only that', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const ended = await runRollcall(['serve'], {
      ...server,
      PORT: String(port),
      ROLLCALL_DATA_DIR: await aFolder('cli'),
    });

    other.close();
    expectSentence(ended, new RegExp(`^Port ${port} is taken`));
  });

  it.each(['serve', 'quickstart'])(
    '%s says that a folder can not be made, also where the system never says why',
    async (command) => {
      const ended = await runRollcall([command], { ...server, ROLLCALL_DATA_DIR: '/proc/x' });

      expectSentence(ended, /^\/proc\/x can not be written/);
    },
  );
});

describe('a server that lets the system choose its port', () => {
  it('hands out URLs with that port', async () => {
    const quickstart = startRollcall(['quickstart'], {
      PORT: '0',
      HOST: '127.0.0.1',
      ROLLCALL_DATA_DIR: await aFolder('cli'),
    });
    await quickstart.until(() => quickstart.out.includes('Stop with Ctrl+C'));
    const [, port] = /http:\/\/localhost:(\d+)/.exec(quickstart.out) ?? [];

    const answer = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`);
    const { issuer } = (await answer.json()) as { issuer: string };
    await quickstart.stop();

    expect(Number(port)).toBeGreaterThan(0);
    expect(quickstart.out).not.toContain('localhost:0');
    expect(issuer).toBe(`http://localhost:${port}`);
  });
});
