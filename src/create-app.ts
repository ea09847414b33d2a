import type { IncomingMessage, RequestListener, ServerOptions } from 'node:http';
import fastify from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { type Logger, pino } from 'pino';
import { applyMethodOverride, registerMethodOverride } from './admin-api/method-override.js';
import { AppModule } from './app.module.js';
import type { Configuration } from './config/configuration.js';
import { leaveBodiesUnread } from './edge/request-body.js';
import { createBoundedServer } from './edge/bounded-server.js';
import { answerBadUrl, answerClientError } from './edge/client-errors.js';
import { registerConnectionEnd } from './edge/connection-end.js';
import { logOutput } from './edge/log-output.js';
import { NestLogger } from './edge/nest-logger.js';
import { toPlainPath } from './edge/plain-path.js';
import { registerCredentialCheck } from './edge/repeated-credentials.js';
import { registerRequestLog } from './edge/request-log.js';
import { registerClientAddress, TrustedProxies } from './edge/trusted-proxies.js';
import { registerUnreadBodies } from './edge/unread-body.js';
import { FaceErrorFilter } from './face-error.filter.js';
import { ensureInstallation, type FirstStart } from './first-start.js';
import { Readiness } from './kernel/readiness.js';
import { mountOauth } from './oauth/oauth.mount.js';
import { withoutEntraFlag } from './scim/vendor-url.js';
import { TenantEraser } from './tenants/tenant-eraser.js';
import { TenantSealing } from './tenants/tenant-sealing.js';

const headerBytesMax = 16 * 1024;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveTimeoutMs = 72_000;

/** How often Node looks for requests that are over their time; its own figure would add 30 seconds to each limit. */
const timeoutCheckMs = 1_000;

const serverOptions: ServerOptions = {
  maxHeaderSize: headerBytesMax,
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
  connectionsCheckingInterval: timeoutCheckMs,
};

/**
 * How many connections the system keeps for us that we have not come to accept. Node's own figure is 511: of a thousand
 * clients that connect at once, and a process that is busy for a moment, some would be cut off.
 */
const unacceptedMax = 4_096;

/** The longest id or schema URN in a path; a longer one is answered like one that is not there. */
const pathParameterCharactersMax = 1_024;

const shortSecretsWarning =
  'ROLLCALL_ALLOW_SHORT_SECRETS is true: client secrets that are quickly guessed are taken';

/** What a start needs to know beyond the configuration. */
export interface StartOptions {
  readonly firstStart?: FirstStart | undefined;
  readonly logger?: Logger;
}

/**
 * Makes the whole application with its limits and filters, ready to listen: the database is open and migrated,
 * the default tenant and the first signing key are there. The server and the tests both call it.
 * @throws ConfigurationError when the encryption key is not the database's; DomainError unavailable without a database
 */
export async function createApp(
  configuration: Configuration,
  options: StartOptions = {},
): Promise<NestFastifyApplication> {
  const logger = options.logger ?? pino({ level: configuration.logLevel }, logOutput());
  const proxies = new TrustedProxies(configuration.trustedProxies);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: (request: IncomingMessage) => proxies.requestIdOf(request),
    serverFactory: (listener: RequestListener) => createBoundedServer(serverOptions, listener),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: pathParameterCharactersMax },
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: answerBadUrl,
    rewriteUrl: beforeRouting,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(configuration),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(logger),
    },
  );
  try {
    registerClientAddress(app.getHttpAdapter().getInstance(), proxies);
    if (configuration.allowsShortSecrets) logger.warn(shortSecretsWarning);
    await prepare(app, options);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/**
 * Opens the port; whoever comes is served from now on. Fastify is asked directly: Nest would log a failure by itself,
 * beside what its caller makes of it.
 */
export async function listen(
  app: NestFastifyApplication,
  { port, host }: Pick<Configuration, 'port' | 'host'>,
): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  await server.listen({ port, host, backlog: unacceptedMax });
  // The system may refuse to hand over a connection, as when the process has too many. Without a listener, this would end it.
  server.server.on('error', (error) =>
    server.log.error({ err: error }, 'a connection could not be accepted'),
  );
}

/** What clients of a face mean by a request, decided before the router looks at it. */
function beforeRouting(request: IncomingMessage): string {
  const url = withoutEntraFlag(toPlainPath(request.url ?? '/'));
  applyMethodOverride(request, url);
  return url;
}

/** Everything between the making of the rooms and the first request. */
async function prepare(app: NestFastifyApplication, options: StartOptions): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  registerRequestLog(server);
  registerCredentialCheck(server);
  registerConnectionEnd(server, app.get(Readiness));
  registerMethodOverride(server);
  leaveBodiesUnread(server);
  registerUnreadBodies(server);
  mountOauth(app);
  app.useGlobalFilters(app.get(FaceErrorFilter));
  await app.init();
  await server.ready();
  await ensureInstallation(app, options.firstStart);
  await app.get(TenantSealing).sealAll();
  void resumeErasures(app);
}

/** Deletions of tenants that an earlier process has left undone, beside the first requests. */
async function resumeErasures(app: NestFastifyApplication): Promise<void> {
  try {
    await app.get(TenantEraser).resume();
  } catch (error) {
    app.getHttpAdapter().getInstance().log.warn({ err: error }, 'deletions could not be resumed');
  }
}
