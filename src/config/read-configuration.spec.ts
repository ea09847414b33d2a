import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration-error.js';
import { toConfiguration } from './read-configuration.js';

const key = Buffer.alloc(32, 7).toString('base64');

function faultsOf(variables: Record<string, string>): readonly string[] {
  try {
    toConfiguration(variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('toConfiguration', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'rollcall-config-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('takes the defaults when nothing is set', () => {
    const configuration = toConfiguration({ ROLLCALL_DATA_DIR: dataDir, HOST: '' });

    expect(configuration).toMatchObject({
      port: 9011,
      host: '0.0.0.0',
      publicUrl: 'http://localhost:9011',
      database: { kind: 'sqlite', file: join(dataDir, 'rollcall.sqlite'), synchronous: 'full' },
      secrets: 'readable',
      allowsShortSecrets: false,
      trustedProxies: [],
    });
    expect(Object.isFrozen(configuration)).toBe(true);
  });

  it('lists all faults at once', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      ROLLCALL_PUBLIC_URL: 'ftp://x',
      ROLLCALL_SECRETS: 'hidden',
      ROLLCALL_DATABASE_URL: 'postgres://localhost/rollcall',
      ROLLCALL_PUBLIC_ULR: 'https://id.example.com',
    }).join('\n');

    for (const name of [
      'PORT',
      'ROLLCALL_PUBLIC_URL',
      'ROLLCALL_SECRETS',
      'ROLLCALL_ENCRYPTION_KEY',
      'ROLLCALL_PUBLIC_ULR',
    ]) {
      expect(faults).toContain(name);
    }
  });

  it.each([
    ...['x', '-1', '80.5', '65536', '9'.repeat(30)].map((port) => [
      'PORT',
      port,
      'PORT must be a whole number from 0 to 65535.',
    ]),
    ['ROLLCALL_PUBLIC_URL', 'id.example.com', 'ROLLCALL_PUBLIC_URL must be an http or https URL.'],
    [
      'ROLLCALL_PUBLIC_URL',
      'https://id.example.com?x',
      'ROLLCALL_PUBLIC_URL must have no query and no fragment.',
    ],
    ...['-1', 'soon', '1.5', '600001'].map((delay) => [
      'ROLLCALL_SHUTDOWN_DELAY_MS',
      delay,
      'ROLLCALL_SHUTDOWN_DELAY_MS must be a whole number of milliseconds from 0 to 600000.',
    ]),
    ['ROLLCALL_SECRETS', 'hidden', 'ROLLCALL_SECRETS must be readable or once.'],
    ['ROLLCALL_ALLOW_SHORT_SECRETS', 'yes', 'ROLLCALL_ALLOW_SHORT_SECRETS must be true or false.'],
    ...[
      ['10.0.0.0/33', '10.0.0.0/33'],
      ['::1, proxy.internal', 'proxy.internal'],
      ['10.0.0.0/8,,::1', ''],
      ['10.0.0.0/8 ::1', '10.0.0.0/8 ::1'],
    ].map(([list = '', bad]) => [
      'ROLLCALL_TRUSTED_PROXIES',
      list,
      'ROLLCALL_TRUSTED_PROXIES must be addresses or CIDR blocks separated by commas, for example ' +
        `10.0.0.0/8,::1; [${bad}] is neither.`,
    ]),
  ])('tells the one fault of %s=%s in one sentence', (name, value, sentence) => {
    expect(faultsOf({ ROLLCALL_DATA_DIR: dataDir, [name]: value })).toEqual([sentence]);
  });

  it('tells both faults of a variable that has two', () => {
    const faults = faultsOf({ ROLLCALL_DATA_DIR: dataDir, ROLLCALL_PUBLIC_URL: 'ftp://x?y' });

    expect([...faults].sort()).toEqual([
      'ROLLCALL_PUBLIC_URL must be an http or https URL.',
      'ROLLCALL_PUBLIC_URL must have no query and no fragment.',
    ]);
  });

  it.each([
    'postgres://rollcall@localhost:99999/rollcall',
    'postgres://rollcall@localhost:5432x/rollcall',
    'postgres://rollcall:100%@localhost/rollcall',
  ])('refuses a database URL that can not be read: %s', (url) => {
    expect(faultsOf({ ROLLCALL_DATABASE_URL: url, ROLLCALL_ENCRYPTION_KEY: key })).toEqual([
      expect.stringMatching(/^ROLLCALL_DATABASE_URL must be a URL/),
    ]);
  });

  it.each([
    'postgres://rollcall:s%23cret@localhost:5432/rollcall',
    'postgresql:///rollcall?host=/var/run/postgresql',
  ])('takes the database URL %s', (url) => {
    expect(faultsOf({ ROLLCALL_DATABASE_URL: url, ROLLCALL_ENCRYPTION_KEY: key })).toEqual([]);
  });

  it('makes the encryption key once, readable by the owner alone', () => {
    const first = toConfiguration({ ROLLCALL_DATA_DIR: dataDir });
    const second = toConfiguration({ ROLLCALL_DATA_DIR: dataDir });

    expect(first.encryptionKey).toHaveLength(32);
    expect(second.encryptionKey).toEqual(first.encryptionKey);
    expect(statSync(join(dataDir, 'encryption.key')).mode & 0o777).toBe(0o600);
  });

  it('never gives a new key to a database that had one', () => {
    writeFileSync(join(dataDir, 'rollcall.sqlite'), '');

    expect(faultsOf({ ROLLCALL_DATA_DIR: dataDir })).toEqual([
      expect.stringContaining('encryption.key'),
    ]);
    expect(existsSync(join(dataDir, 'encryption.key'))).toBe(false);
  });

  it('refuses a damaged key file', () => {
    writeFileSync(join(dataDir, 'encryption.key'), 'short');

    expect(faultsOf({ ROLLCALL_DATA_DIR: dataDir })).toEqual([expect.stringContaining('damaged')]);
    expect(readFileSync(join(dataDir, 'encryption.key'), 'utf8')).toBe('short');
  });

  it('takes the key from the environment and then writes nothing', () => {
    const configuration = toConfiguration({
      ROLLCALL_DATA_DIR: join(dataDir, 'none'),
      ROLLCALL_ENCRYPTION_KEY: key,
    });

    expect(configuration.encryptionKey).toEqual(Buffer.alloc(32, 7));
    expect(existsSync(join(dataDir, 'none'))).toBe(false);
  });

  it('reads the list of trusted proxies', () => {
    const configuration = toConfiguration({
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      ROLLCALL_ALLOW_SHORT_SECRETS: 'true',
    });

    expect(configuration).toMatchObject({
      trustedProxies: ['10.0.0.0/8', '::1'],
      allowsShortSecrets: true,
    });
  });

  it('cuts the slash at the end of the public URL', () => {
    const configuration = toConfiguration({
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_PUBLIC_URL: 'https://id.example.com/',
    });

    expect(configuration.publicUrl).toBe('https://id.example.com');
  });

  it("knows the Kickstart file by FusionAuth's name too", () => {
    const configuration = toConfiguration({
      ROLLCALL_DATA_DIR: dataDir,
      FUSIONAUTH_APP_KICKSTART_FILE: 'k.json',
    });

    expect(configuration.kickstartFile).toBe('k.json');
  });
});
