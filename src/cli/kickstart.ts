import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { ApiKeyService } from '../auth/api-key.service.js';
import { UserService } from '../directory/user.service.js';
import type { RequestContext } from '../kernel/actor.js';
import { everything } from '../kernel/condition.js';
import { tenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import { CommandError } from './command-error.js';
import type { Kickstart, KickstartRequest } from './kickstart-file.js';
import { toKickstartKey } from './kickstart-key.js';

const context: RequestContext = {
  actor: { kind: 'system', id: 'kickstart' },
  requestId: 'kickstart',
};

/**
 * Runs the file against a fresh installation, and leaves any other one as it is: fresh means no API key, no
 * user and only the first tenant.
 * @throws CommandError when a request fails; what was done before it stays
 */
export async function runKickstart(
  app: NestFastifyApplication,
  kickstart: Kickstart,
  logger: Logger,
): Promise<void> {
  if (!(await isFresh(app))) {
    logger.info('the installation is not fresh: the Kickstart file is not run');
    return;
  }
  const [first, ...others] = kickstart.apiKeys.map(toKickstartKey);
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
  for (const request of kickstart.requests) await send(app, request, first.text);
  // A key may be bound to a tenant that a request has made.
  for (const { draft, text, id } of others) await keys.create(context, draft, text, id);
  logger.info(
    { apiKeys: kickstart.apiKeys.length, requests: kickstart.requests.length },
    'the Kickstart file was run',
  );
}

async function isFresh(app: NestFastifyApplication): Promise<boolean> {
  if (await app.get(ApiKeyService).hasAny()) return false;
  const { items, total } = await app
    .get(TenantService)
    .search(everything, [], { offset: 0, limit: 1 });
  const [only] = items;
  if (only === undefined || total !== 1) return false;
  const users = await app
    .get(UserService)
    .search(tenantContext(context, only.id), everything, { offset: 0, limit: 1 });
  return users.total === 0;
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
