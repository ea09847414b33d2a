import { pino } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { ConnectionService } from '../connections/connection.service.js';
import { createApp } from '../create-app.js';
import { EntityService } from '../entities/entity.service.js';
import type { RequestContext } from '../kernel/actor.js';
import { canonicalId } from '../kernel/ids.js';
import { TenantService } from '../tenants/tenant.service.js';
import { CommandError } from './command-error.js';
import { quickstartConnectionName } from './quickstart.js';

const dayMs = 24 * 60 * 60 * 1000;

const context: RequestContext = {
  actor: { kind: 'system', id: 'command line' },
  requestId: 'token',
};

/**
 * Prints a new SCIM bearer token, alone on standard output so that a script can take it; its end goes to
 * standard error.
 * @throws CommandError for a client that is not there
 */
export async function printToken(
  configuration: Configuration,
  options: { readonly days: number; readonly clientId: string | undefined },
): Promise<void> {
  const app = await createApp(configuration, { logger: pino({ level: 'silent' }) });
  try {
    const clientId = options.clientId === undefined ? undefined : canonicalId(options.clientId);
    const tenantId =
      clientId === undefined
        ? (await app.get(TenantService).getDefault()).id
        : await app.get(EntityService).findTenantId(clientId);
    if (tenantId === undefined) throw new CommandError(`There is no entity with id ${clientId}.`);
    const connections = app.get(ConnectionService);
    if (clientId === undefined)
      await connections.ensureScim(context, tenantId, quickstartConnectionName);
    const token = await connections.issueToken(context, tenantId, {
      client: clientId === undefined ? { name: quickstartConnectionName } : { id: clientId },
      lifetimeSeconds: (options.days * dayMs) / 1000,
    });
    process.stdout.write(`${token.accessToken}\n`);
    process.stderr.write(`Good until ${new Date(token.ends).toISOString()}.\n`);
  } finally {
    await app.close();
  }
}
