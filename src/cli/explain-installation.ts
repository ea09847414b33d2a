import { types } from 'node:util';

/**
 * Explains an error of an installation that is not whole: a package that is missing, or one whose native part was not
 * built or was built for another machine. `npm ci --ignore-scripts`, a copied `node_modules` and an npm that blocks
 * install scripts all end here.
 * @returns one sentence with the command that mends it; undefined for every other error
 */
export function explainInstallation(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  const { message } = error;
  const code = 'code' in error ? error.code : undefined;
  // A name that begins with a dot or a slash is a file of ours or of a package: a defect, not a missing package.
  const lost = /^Cannot find (?:package|module) '([^'./][^']*)'/.exec(message)?.[1];
  if ((code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && lost !== undefined)
    return `The package ${lost} is not installed: run npm ci, then try again.`;
  if (message.startsWith('Could not locate the bindings file')) return rebuildSqlite;
  if (code === 'ERR_DLOPEN_FAILED' && message.includes('node_sqlite3')) return rebuildSqlite;
  if (/^(?:Cannot find|Failed to load) native binding/.test(message))
    return 'A native package for this machine is missing: run npm ci --include=optional, then try again.';
  return undefined;
}

/** The option matters where a user's `.npmrc` turns install scripts off: without it npm would rebuild nothing. */
const rebuildSqlite =
  'The native part of sqlite3 is missing or does not fit this machine: run npm rebuild sqlite3 --ignore-scripts=false, then try again.';
