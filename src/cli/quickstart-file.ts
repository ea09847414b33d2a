import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../kernel/json.js';

/** What quickstart prints, and keeps for the next run and for scripts. */
export interface QuickstartValues {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly tenantId: string;
  readonly scimServerEntityId: string;
  readonly scimClientEntityId: string;
  readonly scimClientSecret: string;
  readonly scimBaseUrl: string;
  readonly bearerToken: string;
  /** ISO 8601, UTC. */
  readonly bearerTokenExpires: string;
}

export function quickstartFilePath(dataDir: string): string {
  return join(dataDir, 'quickstart.json');
}

/** What an earlier run kept; a file that is missing or damaged keeps nothing. */
export function readQuickstartFile(dataDir: string): Partial<QuickstartValues> {
  const path = quickstartFilePath(dataDir);
  if (!existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isJsonObject(value)) return {};
    return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'));
  } catch {
    return {};
  }
}

/** Readable by the owner alone, and never half written: it is put in place whole. */
export function writeQuickstartFile(dataDir: string, values: QuickstartValues): void {
  const path = quickstartFilePath(dataDir);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    writeSync(descriptor, `${JSON.stringify(values, null, 2)}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
