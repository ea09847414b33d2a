import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EndedProcess, startProcess } from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The built command beside packages of its own: all are links but sqlite3, which the test may damage. */
async function anInstalledCopy(): Promise<string> {
  const folder = await aFolder('installed');
  const packages = join(folder, 'node_modules');
  await mkdir(packages);
  await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== 'sqlite3')
      await symlink(join(root, 'node_modules', name), join(packages, name), 'junction');
  for (const part of ['lib', 'package.json'])
    await cp(join(root, 'node_modules/sqlite3', part), join(packages, 'sqlite3', part), {
      recursive: true,
    });
  return folder;
}

describe('FIND F1 a start from an installation that is not whole', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await anInstalledCopy();
  });

  function serve(): Promise<EndedProcess> {
    const variables = { ROLLCALL_DATA_DIR: join(folder, 'data') };
    return startProcess(process.execPath, [join(folder, 'dist/cli/rollcall.js'), 'serve'], {
      variables,
    }).end();
  }

  it('says how the native part of sqlite3 is built, when install scripts were not run', async () => {
    expect(await serve()).toEqual({
      exitCode: 1,
      out: '',
      error: expect.stringMatching(/^[^\n]*sqlite3[^\n]*npm rebuild sqlite3[^\n]*\.\n$/),
    });
  });

  it('says the same when it was built for another machine', async () => {
    const built = join(folder, 'node_modules/sqlite3/build/Release');
    await mkdir(built, { recursive: true });
    await writeFile(join(built, 'node_sqlite3.node'), 'of another machine');

    expect(await serve()).toEqual({
      exitCode: 1,
      out: '',
      error: expect.stringMatching(/^[^\n]*sqlite3[^\n]*npm rebuild sqlite3[^\n]*\.\n$/),
    });
  });

  it.each(['sqlite3', 'fastify'])('says that the package %s is missing', async (name) => {
    await rm(join(folder, 'node_modules', name), { recursive: true });

    expect(await serve()).toEqual({
      exitCode: 1,
      out: '',
      error: `The package ${name} is not installed: run npm ci, then try again.\n`,
    });
  });
});
