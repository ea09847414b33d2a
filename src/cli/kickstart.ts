import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { ApiKeyService } from '../auth/api-key.service.js';
import { UserService } from '../directory/user.service.js';
import { EntityService } from '../entities/entity.service.js';
import type { FirstStart } from '../first-start.js';
import type { RequestContext } from '../kernel/actor.js';
import { everything } from '../kernel/condition.js';
import { KeyService } from '../keys/key.service.js';
import { tenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import { CommandError } from './command-error.js';
import { builtInsOf } from './kickstart-built-ins.js';
import type { KickstartFile, KickstartRequest } from './kickstart-file.js';
import { apiKeyCharactersSafe, findShortKeys, toKickstartKey } from './kickstart-key.js';

const context: RequestContext = {
  actor: { kind: 'system', id: 'kickstart' },
  requestId: 'kickstart',
};

const one = { offset: 0, limit: 1 };

const shortKeysWarning = 'API keys of the Kickstart file could be guessed';

/** How much was run, and which API keys should be longer. */
interface KickstartRun {
  readonly apiKeys: number;
  readonly requests: number;
  readonly short: readonly string[];
}

/**
 * The first start with a Kickstart file. The file is run on a fresh installation, and leaves any other one as it is: fresh
 * means no API key, no user and only the first tenant. Its requests run in this process and in the transaction of the
 * first start, so that one which fails takes all others with it.
 */
export function kickstartWith(file: KickstartFile, logger: Logger): FirstStart {
  return {
    defaultTenantId: file.defaultTenantId,
    async isDue(app) {
      if (await isFresh(app)) return true;
      logger.info('the installation is not fresh: the Kickstart file is not run');
      return false;
    },
    async run(app) {
      const { short, ...done } = await runKickstart(app, file);
      if (short.length > 0) logger.warn({ short, apiKeyCharactersSafe }, shortKeysWarning);
      logger.info(done, 'the Kickstart file was run');
    },
  };
}

/** @throws CommandError when a request fails */
async function runKickstart(
  app: NestFastifyApplication,
  file: KickstartFile,
): Promise<KickstartRun> {
  const tenantId = await ensureTenantId(app, file.defaultTenantId);
  const { keyId: signingKeyId } = await app.get(KeyService).getSigner(undefined);
  const { apiKeys, requests } = file.resolve(builtInsOf({ tenantId, signingKeyId }));
  const read = apiKeys.map(toKickstartKey);
  const [first, ...others] = read;
  if (
    first === undefined ||
    first.draft.tenantId !== undefined ||
    Object.keys(first.draft.endpoints).length > 0
  ) {
    throw new CommandError(
      'The first API key of the Kickstart file must have no tenant and no permissions.',
    );
  }
  const keys = app.get(ApiKeyService);
  await keys.create(context, first.draft, first.text, first.id);
  for (const request of requests) await send(app, request, first.text);
  // A key may be bound to a tenant that a request has made.
  for (const { draft, text, id } of others) await keys.create(context, draft, text, id);
  return { apiKeys: apiKeys.length, requests: requests.length, short: findShortKeys(read) };
}

async function isFresh(app: NestFastifyApplication): Promise<boolean> {
  if (await app.get(ApiKeyService).hasAny()) return false;
  const { items, total } = await app.get(TenantService).search(everything, [], one);
  const [only] = items;
  if (only === undefined) return true;
  if (total !== 1) return false;
  const users = await app.get(UserService).search(tenantContext(context, only.id), everything, one);
  return users.total === 0;
}

/**
 * A start without the file may have made the default tenant already, under an id of its own.
 * @throws CommandError when that one is in use
 */
async function ensureTenantId(
  app: NestFastifyApplication,
  wanted: string | undefined,
): Promise<string> {
  const tenants = app.get(TenantService);
  const { id } = await tenants.getDefault();
  if (wanted === undefined || wanted === id) return id;
  const entities = await app
    .get(EntityService)
    .search(tenantContext(context, id), everything, [], one);
  if (entities.total > 0) {
    throw new CommandError(
      `The default tenant has the id ${id} and holds entities: it cannot get the id that the Kickstart file wants, ${wanted}.`,
    );
  }
  await tenants.replaceDefault(context, wanted);
  return wanted;
}

async function send(
  app: NestFastifyApplication,
  request: KickstartRequest,
  apiKey: string,
): Promise<void> {
  const response = await app.inject({
    method: request.method,
    url: request.url,
    headers: {
      authorization: apiKey,
      ...(request.body === undefined ? {} : { 'content-type': request.contentType }),
      ...(request.tenantId === undefined ? {} : { 'x-fusionauth-tenantid': request.tenantId }),
    },
    ...(request.body === undefined ? {} : { payload: JSON.stringify(request.body) }),
  });
  if (response.statusCode >= 200 && response.statusCode < 300) return;
  const answer = `${response.statusCode} ${response.body}`.trim();
  throw new CommandError(`Kickstart: ${request.method} ${request.url} was answered with ${answer}`);
}
