import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of a test's own; it is removed with the run's. */
export function aFolder(name: string): Promise<string> {
  return mkdtemp(join(runFolder(), `${name}-`));
}

/** A path for a database server's files, which its own user must be able to make and reach; whoever asks removes it. */
export function aServerFolder(name: string): string {
  return `${runFolder()}-${name}`;
}

function runFolder(): string {
  const run = process.env.TEST_RUN_FOLDER;
  if (run === undefined)
    throw new Error('The run was not set up: start it with the project "system".');
  return run;
}
