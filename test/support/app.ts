import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { Configuration } from '../../src/config/configuration.js';
import { createApp, listen } from '../../src/create-app.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import type { FreshDatabase, TestDatabase } from './databases.js';
import { freePort } from './free-port.js';
import { sendHttp } from './http-client.js';
import { testContext } from './test-context.js';
import { testLog } from './test-log.js';

export interface TestRequest {
  /** Sent as JSON, unless it is text: then byte for byte. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The API key; the super key when left out, none when null. */
  readonly key?: string | null;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON body, `undefined` when there is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests reach into answers of every shape
  readonly body: any;
}

/** The whole application on a database of its own, listening on loopback. */
export interface TestApp {
  readonly url: string;
  readonly port: number;
  /** A key that may do everything. */
  readonly apiKey: string;
  /** The default tenant's. */
  readonly tenantId: string;
  readonly configuration: Configuration;
  request(method: string, path: string, options?: TestRequest): Promise<TestResponse>;
  get<Provider>(token: Type<Provider>): Provider;
  close(): Promise<void>;
}

/** What a test changes about the configuration. */
export type TestSettings = Partial<
  Pick<
    Configuration,
    'secrets' | 'publicUrl' | 'encryptionKey' | 'allowsShortSecrets' | 'trustedProxies'
  >
>;

/** Starts the application on a fresh database of that kind. */
export async function startApp(
  database: TestDatabase,
  settings: TestSettings = {},
  logger?: Logger,
): Promise<TestApp> {
  const fresh = await database.create();
  try {
    return await startAppOn(fresh, settings, logger);
  } catch (error) {
    await fresh.drop();
    throw error;
  }
}

/** Starts the application on a database that is there; closing drops it. */
export async function startAppOn(
  fresh: FreshDatabase,
  settings: TestSettings = {},
  logger: Logger = testLog,
): Promise<TestApp> {
  const port = await freePort();
  const configuration = new Configuration({
    port,
    host: '127.0.0.1',
    publicUrl: `http://localhost:${port}`,
    dataDir: '/nowhere',
    database: fresh.settings,
    encryptionKey: Buffer.alloc(32, 7),
    secrets: 'readable',
    allowsShortSecrets: false,
    trustedProxies: [],
    logLevel: 'silent',
    kickstartFile: undefined,
    shutdownDelayMs: 0,
    ...settings,
  });
  const app = await createApp(configuration, { logger });
  await listen(app, configuration);
  const { text: apiKey } = await app.get(ApiKeyService).create(testContext, superKeyDraft);
  const { id: tenantId } = await app.get(TenantService).getDefault();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    apiKey,
    tenantId,
    configuration,
    request: (method, path, options = {}) =>
      sendRequest(`${url}${path}`, method, { key: apiKey, ...options }),
    get: (token) => app.get(token),
    close: () => closeAll(app, fresh),
  };
}

async function closeAll(app: NestFastifyApplication, fresh: FreshDatabase): Promise<void> {
  await app.close();
  await fresh.drop();
}

/** Sends one request to a whole address; a body goes as JSON unless it is text. */
export async function sendRequest(
  url: string,
  method: string,
  options: TestRequest,
): Promise<TestResponse> {
  const { body, key, headers } = options;
  const answer = await sendHttp(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined || key === null ? {} : { authorization: key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { ...answer, body: parse(answer.text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
