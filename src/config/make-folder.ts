import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder for this user alone, with those above it that are missing. One by one, because Node's own recursive
 * call never returns where the system says that a folder which is there is not, as below `/proc`.
 * @throws the system's error, with the path that could not be made
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) makeOne(path);
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process that starts has been first.
    if (!existsSync(path)) throw error;
  }
}
