import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of a test's own; it is removed with the run's. */
export function aFolder(name: string): Promise<string> {
  const run = process.env.TEST_RUN_FOLDER;
  if (run === undefined)
    throw new Error('The run was not set up: start it with the project "system".');
  return mkdtemp(join(run, `${name}-`));
}
