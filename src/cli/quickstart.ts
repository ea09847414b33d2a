import { openSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, pino } from 'pino';
import { superKeyDraft } from '../auth/api-key.js';
import { ApiKeyService } from '../auth/api-key.service.js';
import type { Configuration } from '../config/configuration.js';
import { makeFolder } from '../config/make-folder.js';
import { ConnectionService, type ScimConnection } from '../connections/connection.service.js';
import { logOutput } from '../edge/log-output.js';
import { EntityService } from '../entities/entity.service.js';
import { generateClientSecret } from '../entities/entity-secrets.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import { tenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { CommandError } from './command-error.js';
import { withRealPort } from './listen.js';
import {
  type QuickstartValues,
  readQuickstartFile,
  writeQuickstartFile,
} from './quickstart-file.js';
import { printQuickstart } from './quickstart-text.js';
import { checkScim } from './scim-check.js';
import { serve } from './serve.js';

/** By this name the client entity is found again. */
export const quickstartConnectionName = 'Quickstart SCIM client';

/** A token with less than this left is not worth pasting anywhere. */
const tokenRemainingMsMin = 30 * 24 * 60 * 60 * 1000;

const context: RequestContext = {
  actor: { kind: 'system', id: 'quickstart' },
  requestId: 'quickstart',
};

/**
 * Runs the server with one SCIM connection made ready in the default tenant, tests it as Okta would, and prints
 * what to paste. Run again it keeps everything.
 */
export async function quickstart(
  asked: Configuration,
  options: { readonly isNewTokenWanted: boolean },
): Promise<void> {
  const configuration = await withRealPort(asked);
  const logFile = join(configuration.dataDir, 'rollcall.log');
  const app = await serve(configuration, openLog(configuration, logFile));
  try {
    const localUrl = localUrlOf(app);
    const { values, isGrantedAgain } = await prepare(app, configuration, {
      localUrl,
      isNewTokenWanted: options.isNewTokenWanted,
    });
    const checks = await checkScim(`${localUrl}${scimPath}`, values.bearerToken);
    writeQuickstartFile(configuration.dataDir, values);
    printQuickstart({ values, isGrantedAgain, checks, dataDir: configuration.dataDir, logFile });
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The values stay on the screen: the log goes to a file, which is opened here and now so that a fault is told as one. */
function openLog({ dataDir, logLevel }: Configuration, logFile: string): Logger {
  makeFolder(dataDir);
  return pino({ level: logLevel }, logOutput(openSync(logFile, 'a', 0o600)));
}

const scimPath = '/api/scim/resource/v2';

async function prepare(
  app: NestFastifyApplication,
  configuration: Configuration,
  options: { readonly localUrl: string; readonly isNewTokenWanted: boolean },
): Promise<{ readonly values: QuickstartValues; readonly isGrantedAgain: boolean }> {
  const kept = readQuickstartFile(configuration.dataDir);
  const tenant = await app.get(TenantService).getDefault();
  const connections = app.get(ConnectionService);
  const connection = await connections.ensureScim(context, tenant.id, quickstartConnectionName);
  const isGrantedAgain = await connections.ensureGrant(context, connection);
  const clientSecret = await secretOf(app, connection, kept.scimClientSecret);
  const isKept =
    !options.isNewTokenWanted && (await isStillGood(app, kept.bearerToken, connection));
  const bearerToken =
    isKept && kept.bearerToken !== undefined
      ? kept.bearerToken
      : await requestToken(options.localUrl, connection, clientSecret);
  const values = {
    baseUrl: configuration.publicUrl,
    apiKey: await apiKeyOf(app, kept.apiKey),
    tenantId: tenant.id,
    scimServerEntityId: connection.server.id,
    scimClientEntityId: connection.client.entity.id,
    scimClientSecret: clientSecret,
    scimBaseUrl: `${configuration.publicUrl}${scimPath}`,
    bearerToken,
    bearerTokenExpires: await expiryOf(app, bearerToken),
  };
  return { values, isGrantedAgain };
}

/** Readable from the database, else kept from the run that made it, else lost: then a new one takes its place. */
async function secretOf(
  app: NestFastifyApplication,
  connection: ScimConnection,
  kept: string | undefined,
): Promise<string> {
  const entities = app.get(EntityService);
  const { entity, clientSecret } = connection.client;
  if (clientSecret !== undefined) return clientSecret;
  if (kept !== undefined && (await entities.isRightSecret(entity, kept))) return kept;
  const fresh = generateClientSecret();
  await entities.change(tenantContext(context, connection.tenantId), entity.id, (before) => ({
    name: before.entity.name,
    typeId: before.entity.type.id,
    parentId: before.entity.parentId,
    data: before.entity.data,
    clientSecret: fresh,
  }));
  return fresh;
}

async function apiKeyOf(app: NestFastifyApplication, kept: string | undefined): Promise<string> {
  const keys = app.get(ApiKeyService);
  if (kept !== undefined && (await keys.findValid(kept)) !== undefined) return kept;
  const { text } = await keys.create(context, {
    ...superKeyDraft,
    name: 'Quickstart',
    // The first key makes the others.
    isKeyManager: true,
  });
  return text;
}

async function isStillGood(
  app: NestFastifyApplication,
  token: string | undefined,
  connection: ScimConnection,
): Promise<boolean> {
  if (token === undefined) return false;
  const verification = await app.get(TokenVerifier).verify(token, context.requestId);
  if (!verification.isGood || verification.token.client.id !== connection.client.entity.id)
    return false;
  return endOf(verification.token.claims.exp) - app.get(Clock).now() >= tokenRemainingMsMin;
}

/** The same call that any client makes (contract/walkthroughs.md §1.6). */
async function requestToken(
  localUrl: string,
  connection: ScimConnection,
  clientSecret: string,
): Promise<string> {
  const credentials = Buffer.from(`${connection.client.entity.clientId}:${clientSecret}`).toString(
    'base64',
  );
  const response = await fetch(`${localUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: `target-entity:${connection.server.id}`,
    }),
  });
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'access_token' in body)
    return String(body.access_token);
  throw new CommandError(
    `The token endpoint refused the quickstart client: ${response.status} ${JSON.stringify(body)}`,
  );
}

async function expiryOf(app: NestFastifyApplication, token: string): Promise<string> {
  const verified = await app.get(TokenVerifier).verifySignature(token);
  if ('fault' in verified) throw new Error(`a token that was just issued is ${verified.fault}`);
  return new Date(endOf(verified.claims.exp)).toISOString();
}

function endOf(exp: unknown): number {
  return Number(exp) * 1000;
}

/** Where this process reaches its own server, whatever address it listens on. */
function localUrlOf(app: NestFastifyApplication): string {
  const address: AddressInfo | string | null = app.getHttpServer().address();
  if (address === null || typeof address === 'string')
    throw new Error('a server that listens has an address');
  const isEverywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = isEverywhere
    ? '127.0.0.1'
    : address.family === 'IPv6'
      ? `[${address.address}]`
      : address.address;
  return `http://${host}:${address.port}`;
}
