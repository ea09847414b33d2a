import { join, resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { localUrl } from './at-port.js';
import { Configuration, type DatabaseSettings } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { findOrCreateEncryptionKey } from './encryption-key.js';
import { elementsOf, Environment } from './environment.js';

/** Read by the tests alone; named here so that it is not taken for a typing error. */
const testVariables = ['ROLLCALL_TEST_POSTGRES_URL'];

/** The name under which FusionAuth's users know the Kickstart variable. */
const kickstartAlias = 'FUSIONAUTH_APP_KICKSTART_FILE';

/**
 * Reads the process's environment into the configuration; on the first start of an embedded installation
 * this makes the data folder and the encryption key in it.
 * @throws ConfigurationError with every fault that was found
 */
export function readConfiguration(): Configuration {
  return toConfiguration(process.env);
}

/**
 * The same from any set of variables. Unset and empty ones take their defaults; an unknown `ROLLCALL_…`
 * name is a fault, because a misspelt setting that is silently ignored is worse than a refused start.
 */
export function toConfiguration(
  variables: Readonly<Record<string, string | undefined>>,
): Configuration {
  const environment = parseEnvironment(variables);
  const dataDir = resolve(environment.ROLLCALL_DATA_DIR);
  const database = toDatabaseSettings(environment, dataDir);
  return new Configuration({
    port: environment.PORT,
    host: environment.HOST,
    publicUrl: (environment.ROLLCALL_PUBLIC_URL ?? localUrl(environment.PORT)).replace(
      /(?<!\/)\/+$/,
      '',
    ),
    dataDir,
    database,
    encryptionKey: toEncryptionKey(environment, database, dataDir),
    secrets: environment.ROLLCALL_SECRETS,
    allowsShortSecrets: environment.ROLLCALL_ALLOW_SHORT_SECRETS === 'true',
    trustedProxies: toAddressBlocks(environment.ROLLCALL_TRUSTED_PROXIES),
    logLevel: environment.ROLLCALL_LOG_LEVEL,
    kickstartFile: environment.ROLLCALL_KICKSTART_FILE,
    shutdownDelayMs: environment.ROLLCALL_SHUTDOWN_DELAY_MS,
  });
}

function parseEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const known = new Set([...Object.keys(new Environment()), ...optionalNames, ...testVariables]);
  const isUnknown = (name: string) => name.startsWith('ROLLCALL_') && !known.has(name);
  const unknown = Object.keys(variables).filter(isUnknown);
  const given = Object.fromEntries(
    Object.entries(variables).filter(
      ([name, value]) => known.has(name) && value !== undefined && value !== '',
    ),
  );
  given.ROLLCALL_KICKSTART_FILE ??= variables[kickstartAlias] || undefined;

  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  // A set, because one fault may break several rules, which then say the same sentence.
  const faults = new Set([
    ...unknown.map((name) => `${name} is not a variable that this version knows.`),
    ...validateSync(environment).flatMap((error) => Object.values(error.constraints ?? {})),
    ...crossFieldFaults(environment),
  ]);
  if (faults.size > 0) throw new ConfigurationError([...faults]);
  return environment;
}

const optionalNames: readonly (keyof Environment)[] = [
  'ROLLCALL_PUBLIC_URL',
  'ROLLCALL_DATABASE_URL',
  'ROLLCALL_ENCRYPTION_KEY',
  'ROLLCALL_KICKSTART_FILE',
  'ROLLCALL_TRUSTED_PROXIES',
];

function crossFieldFaults(environment: Environment): string[] {
  if (
    environment.ROLLCALL_DATABASE_URL === undefined ||
    environment.ROLLCALL_ENCRYPTION_KEY !== undefined
  )
    return [];
  return [
    'ROLLCALL_ENCRYPTION_KEY is required with PostgreSQL: every process must hold the same key. ' +
      'Make one with: openssl rand -base64 32',
  ];
}

function toAddressBlocks(list: string | undefined): readonly string[] {
  return list === undefined ? [] : elementsOf(list);
}

function toDatabaseSettings(environment: Environment, dataDir: string): DatabaseSettings {
  return environment.ROLLCALL_DATABASE_URL === undefined
    ? {
        kind: 'sqlite',
        file: join(dataDir, 'rollcall.sqlite'),
        synchronous: environment.ROLLCALL_SQLITE_SYNCHRONOUS,
      }
    : { kind: 'postgres', url: environment.ROLLCALL_DATABASE_URL };
}

function toEncryptionKey(
  environment: Environment,
  database: DatabaseSettings,
  dataDir: string,
): Buffer {
  if (environment.ROLLCALL_ENCRYPTION_KEY !== undefined) {
    return Buffer.from(environment.ROLLCALL_ENCRYPTION_KEY, 'base64');
  }
  if (database.kind === 'postgres')
    throw new Error('crossFieldFaults lets no PostgreSQL through without a key');
  return findOrCreateEncryptionKey(dataDir, database.file);
}
