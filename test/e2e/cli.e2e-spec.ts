import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import {
  anInstallation,
  encryptionKeyText,
  type TestInstallation,
} from '../support/installation.js';
import { type EndedProcess, runRollcall, startRollcall } from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const sentence = /^[^\n]+[.]\n$/;

/** One plain sentence on standard error, and nothing of our insides anywhere in it. */
function expectSentence(ended: EndedProcess, exitCode: number, words: RegExp): void {
  expect(ended.error).toMatch(sentence);
  expect(ended.error).toMatch(words);
  expect(ended.error).not.toMatch(/ {4}at |node_modules|\bdefect\b/);
  expect(ended.exitCode).toBe(exitCode);
}

describe('the rollcall command', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])(
    'tells what there is with %j',
    async (args: string[]) => {
      const { exitCode, out, error } = await runRollcall(args);

      expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
      for (const command of ['serve', 'quickstart', 'token', 'migrate', '--help', '--version'])
        expect(out).toContain(command);
    },
  );

  it('tells its version', async () => {
    expect(await runRollcall(['--version'])).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      error: '',
    });
  });

  it.each([
    ['serve', []],
    ['quickstart', ['--new-token']],
    ['token', ['--days', '--client']],
    ['migrate', []],
  ])('explains %s with its options, without reading the settings', async (command, options) => {
    const { exitCode, out } = await runRollcall([command, '--help'], { PORT: 'not a port' });

    expect(exitCode).toBe(0);
    for (const option of [command, ...options]) expect(out).toContain(option);
  });

  it.each([
    [['sreve'], /sreve/],
    [['constructor'], /constructor/],
    [['--port', '80'], /--port/],
    [['serve', '--port', '80'], /--port/],
    [['serve', 'now'], /now/],
    [['quickstart', '--new-tokens'], /--new-tokens/],
    [['token', '--days'], /--days/],
    [['token', '--days', '--client'], /--days/],
    [['migrate', '--help=no'], /help/],
  ])('answers %j with one line and exit code 2', async (args: string[], words) => {
    const { exitCode, out, error } = await runRollcall(args);

    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(error).toMatch(/^[^\n]+ Try: rollcall( \w+)? --help\n$/);
    expect(error).toMatch(words);
  });
});

function runAll(
  names: readonly string[],
  variables: Record<string, string>,
): Promise<EndedProcess[]> {
  return Promise.all(names.map((command) => runRollcall([command], variables)));
}

describe('a command that can not start', () => {
  it('names every fault of the environment', async () => {
    const variables = {
      PORT: '70000',
      ROLLCALL_PUBLIC_URL: 'id.example.com',
      ROLLCALL_SECRETS: 'never',
      ROLLCALL_PUBLIC_ULR: 'https://id.example.com',
      ROLLCALL_DATABASE_URL: 'mysql://localhost/x',
    };
    for (const { exitCode, out, error } of await runAll(['serve', 'migrate'], variables)) {
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
      const lines = error.trimEnd().split('\n');
      for (const name of Object.keys(variables))
        expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
      for (const line of lines) expect(line).toMatch(/^[A-Z_]+ (is|must) /);
    }
  });

  it.each([
    [['serve'], {}],
    [['migrate', 'quickstart'], { ROLLCALL_ENCRYPTION_KEY: encryptionKeyText(1) }],
  ])('says that its folder can not be written: %j with %j', async (commands, variables) => {
    const file = join(await aFolder('cli'), 'file');
    await writeFile(file, '');

    for (const ended of await runAll(commands, {
      ROLLCALL_DATA_DIR: join(file, 'data'),
      ...variables,
    })) {
      expectSentence(ended, 1, /data can not be written \(ENOTDIR\).*ROLLCALL_DATA_DIR/);
    }
  });

  it('says that the database refuses connections, without the password', async () => {
    const all = await runAll(['serve', 'migrate', 'quickstart'], {
      ROLLCALL_DATA_DIR: join(await aFolder('cli'), 'not there yet'),
      ROLLCALL_DATABASE_URL: `postgres://rollcall:hunter2hunter2@127.0.0.1:${await freePort()}/rollcall`,
      ROLLCALL_ENCRYPTION_KEY: encryptionKeyText(1),
    });

    for (const ended of all) {
      expectSentence(ended, 1, /database can not be reached.*ECONNREFUSED.*ROLLCALL_DATABASE_URL/);
      expect(`${ended.out}${ended.error}`).not.toContain('hunter2');
    }
  });

  it('says that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '0.0.0.0', resolve));
    const { port } = other.address() as AddressInfo;

    // Each makes an installation of its own, so that neither waits for the other's first steps.
    const all = await Promise.all(
      ['serve', 'quickstart'].map(async (command) =>
        runRollcall([command], { ROLLCALL_DATA_DIR: await aFolder('cli'), PORT: String(port) }),
      ),
    );

    other.close();
    for (const ended of all) expectSentence(ended, 1, new RegExp(`Port ${port} is taken`));
  });

  it('token refuses days out of range with exit code 2', async () => {
    const dataDir = await aFolder('cli');
    const wrong = ['0', '731', '1.5'];
    for (const ended of await Promise.all(
      wrong.map((days) => runRollcall(['token', `--days=${days}`], { ROLLCALL_DATA_DIR: dataDir })),
    )) {
      expectSentence(ended, 2, /--days must be a whole number from 1 to 730/);
      expect(ended.out).toBe('');
    }
  });
});

describe.each(databases)('rollcall on an installation with $name', (database) => {
  let installation: TestInstallation;
  const variables = (more: Record<string, string> = {}) => ({ ...installation.variables, ...more });

  beforeAll(async () => {
    installation = await anInstallation(database);
    const quickstart = startRollcall(
      ['quickstart'],
      variables({ PORT: String(await freePort()), HOST: '127.0.0.1' }),
    );
    await quickstart.until(() => quickstart.out.includes('Stop with Ctrl+C'));
    await quickstart.stop();
  });
  afterAll(() => installation.drop());

  it('migrate brings the database up to date, and says no more than that', async () => {
    const fresh = await anInstallation(database);
    const first = await runRollcall(['migrate'], fresh.variables);
    const second = await runRollcall(['migrate'], fresh.variables);
    await fresh.drop();

    expect(first).toEqual({ exitCode: 0, out: 'The database is up to date.\n', error: '' });
    expect(second).toEqual(first);
  });

  it('token prints the token alone on standard output, for a year unless days are given, and takes the client by its id', async () => {
    const aYear = await runRollcall(['token'], variables());
    const { sub: client = '' } = decodeJwt(aYear.out.trim());
    const aMonth = await runRollcall(['token', '--days', '30', '--client', client], variables());

    for (const [{ exitCode, out, error }, days] of [
      [aYear, 365],
      [aMonth, 30],
    ] as const) {
      expect(exitCode).toBe(0);
      expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      const { exp = 0, iat = 0, sub } = decodeJwt(out.trim());
      expect({ days: (exp - iat) / 86_400, sub }).toEqual({ days, sub: client });
      expect(error).toBe(`Good until ${new Date(exp * 1000).toISOString()}.\n`);
    }
  });

  it('token says that there is no such client', async () => {
    const wrong = ['ca03b452-d6c7-46db-9190-1775928f3278', "' or 1=1"];
    for (const ended of await Promise.all(
      wrong.map((id) => runRollcall(['token', `--client=${id}`], variables())),
    )) {
      expectSentence(ended, 1, /no entity/);
      expect(ended.out).toBe('');
    }
  });

  it("refuses an encryption key that is not the database's", async () => {
    for (const ended of await runAll(
      ['serve', 'token'],
      variables({ ROLLCALL_ENCRYPTION_KEY: encryptionKeyText(2) }),
    )) {
      expectSentence(ended, 1, /encryption key is not the one/);
    }
  });

  // Both signals end in the same place: one of them is enough to see a database closed.
  it.each(database.name === 'sqlite' ? (['SIGTERM', 'SIGINT'] as const) : (['SIGTERM'] as const))(
    'serve logs JSON lines and ends with 0 on %s',
    async (signal) => {
      const port = await freePort();
      const server = startRollcall(['serve'], variables({ PORT: String(port), HOST: '127.0.0.1' }));
      await server.untilReady(port);

      server.signal(signal);
      const { exitCode, out, error } = await server.end();

      expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
      for (const line of out.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    },
  );
});
