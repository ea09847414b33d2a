import { cp, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { anInstallation } from '../support/installation.js';
import {
  type EndedProcess,
  type RunningProcess,
  startProcess,
  startRollcall,
  type Variables,
} from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const leftOut = new Set(['node_modules', 'dist', 'data', '.git', '.tmp', 'coverage', 'test']);
const quickstart = 'npm run quickstart';

/** The build has the machine to share with the tests beside it. */
const buildTimeoutMs = 180_000;

/** The project as a person has it after the clone; what an install would bring is borrowed. */
async function copyOfTheProject(): Promise<string> {
  const folder = join(await aFolder('readme'), 'rollcall');
  await cp(project, folder, {
    recursive: true,
    filter: (path) => path === project || !leftOut.has(basename(path)),
  });
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The commands of the README, block by block. */
async function shellBlocks(): Promise<string[]> {
  const text = await readFile(join(project, 'README.md'), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block.trim());
}

function runInShell(script: string, cwd: string, variables: Variables): Promise<EndedProcess> {
  const curl = `curl() { command curl --fail-with-body -w '\\n' "$@"; }`;
  return startProcess('sh', ['-c', `set -e\n${curl}\n${script}`], { variables, cwd }).end();
}

/** The lines under "Try it", run beside a quickstart that keeps its values in this folder. */
async function expectToProvision(lines: string, cwd: string, variables: Variables): Promise<void> {
  const { exitCode, out, error } = await runInShell(lines, cwd, variables);

  expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
  const [created, found, token, overview, ...more] = out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  expect(more).toEqual([]);
  expect(created).toMatchObject({
    userName: 'ann@example.com',
    active: true,
    meta: { resourceType: 'User' },
  });
  expect(found).toMatchObject({ totalResults: 1, Resources: [{ id: created.id }] });
  expect(token).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  const kept = JSON.parse(await readFile(join(cwd, 'data/quickstart.json'), 'utf8'));
  expect(JSON.stringify(overview)).toContain(kept.scimBaseUrl);
  expect(JSON.stringify(overview)).not.toContain(kept.scimClientSecret);
}

describe('the commands of the README', () => {
  const variables: Record<string, string> = {
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  let folder: string;
  let blocks: string[];
  let server: RunningProcess;

  beforeAll(async () => {
    [folder, blocks] = await Promise.all([copyOfTheProject(), shellBlocks()]);
    const port = await freePort();
    variables.PORT = String(port);
    server = startProcess('sh', ['-c', `${quickstart} -- --no-install`], {
      variables,
      cwd: folder,
      isGroup: true,
    });
    await server.until(() => server.out.includes('Stop with Ctrl+C'), buildTimeoutMs);
  }, buildTimeoutMs);

  afterAll(async () => {
    await server.stop();
  });

  it('are the two that the project promises, and the ones to try', () => {
    expect(blocks).toEqual([quickstart, 'npm cit', expect.stringContaining('curl')]);
  });

  it('provision a person, look for them, get a token and show the connection', async () => {
    await expectToProvision(blocks.slice(2).join('\n'), folder, variables);
  });

  it('npx knows the command', async () => {
    const { exitCode, out } = await runInShell('npx rollcall --help', folder, variables);

    expect(exitCode).toBe(0);
    expect(out).toContain('Usage: rollcall');
  });
});

// The two commands to start with are about the embedded database; what they have built serves both.
describe.each(databases.filter(({ name }) => name !== 'sqlite'))(
  'the lines to try of the README on $name',
  (database) => {
    it('provision a person, look for them, get a token and show the connection', async () => {
      const [folder, blocks] = await Promise.all([aFolder('readme'), shellBlocks()]);
      const installation = await anInstallation(database, join(folder, 'data'));
      const server = startRollcall(['quickstart'], {
        ...installation.variables,
        PORT: String(await freePort()),
      });
      try {
        await server.until(() => server.out.includes('Stop with Ctrl+C'));

        await expectToProvision(blocks.slice(2).join('\n'), folder, {});
      } finally {
        await server.stop();
        await installation.drop();
      }
    });
  },
);
