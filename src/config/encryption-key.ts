import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import { makeFolder } from './make-folder.js';

const keyBytes = 32;

/**
 * The encryption key of an embedded installation: the file `encryption.key` in the data folder (base64, mode
 * 0600), made on the first start. A database without its key is never given a new one: what is encrypted in it
 * would be lost, and the loss would show only later.
 * @throws ConfigurationError when the folder is not writable, the file is damaged or missing beside a database
 */
export function findOrCreateEncryptionKey(dataDir: string, databaseFile: string): Buffer {
  const file = join(dataDir, 'encryption.key');
  makeDataDir(dataDir);
  // In this order: another first start makes the key before the database, so a database that is seen has its key.
  const hasDatabase = existsSync(databaseFile);
  if (!existsSync(file)) {
    if (hasDatabase) throw keyMissing(file, databaseFile);
    createKey(file);
  }
  const key = Buffer.from(readKeyFile(file).trim(), 'base64');
  if (key.length !== keyBytes) {
    throw new ConfigurationError([
      `The encryption key in ${file} is damaged: it must hold 32 bytes in base64.`,
    ]);
  }
  return key;
}

function makeDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
  } catch (cause) {
    throw notWritable(dataDir, cause);
  }
}

/** Two first starts at once: the link is made by one only, and both then read that one's key. */
function createKey(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    writeSync(descriptor, `${randomBytes(keyBytes).toString('base64')}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    linkSync(draft, file);
  } catch (cause) {
    if (!isExisting(cause)) throw notWritable(file, cause);
  } finally {
    rmSync(draft, { force: true });
  }
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      `The encryption key ${file} can not be read (${systemCode(cause)}).`,
    ]);
  }
}

function keyMissing(file: string, databaseFile: string): ConfigurationError {
  return new ConfigurationError([
    `${databaseFile} is there but its encryption key ${file} is not: put the file back, or give the key in ROLLCALL_ENCRYPTION_KEY.`,
  ]);
}

function notWritable(path: string, cause: unknown): ConfigurationError {
  return new ConfigurationError([
    `${path} can not be written (${systemCode(cause)}): choose another folder with ROLLCALL_DATA_DIR or change its owner.`,
  ]);
}

function isExisting(cause: unknown): boolean {
  return systemCode(cause) === 'EEXIST';
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
}
