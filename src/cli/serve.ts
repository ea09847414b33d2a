import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, pino } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { createApp } from '../create-app.js';
import { logOutput } from '../edge/log-output.js';
import { readKickstart } from './kickstart-file.js';
import { runKickstart } from './kickstart.js';
import { takePort, withRealPort } from './listen.js';
import { grow } from './memory.js';

/** Running requests have this long to end after a SIGTERM. */
const shutdownTimeoutMs = 20_000;

/**
 * Makes the application, runs the Kickstart file of a fresh installation, and listens.
 * @returns once the server answers; it goes on until a signal
 */
export async function serve(
  asked: Configuration,
  logger: Logger = pino({ level: asked.logLevel }, logOutput()),
): Promise<NestFastifyApplication> {
  const configuration = await withRealPort(asked);
  const kickstart =
    configuration.kickstartFile === undefined
      ? undefined
      : readKickstart(configuration.kickstartFile);
  const defaultTenantId = kickstart?.defaultTenantId;
  const app = await createApp(configuration, {
    logger,
    ...(defaultTenantId === undefined ? {} : { defaultTenantId }),
  });
  try {
    if (kickstart !== undefined) await runKickstart(app, kickstart, logger);
    await takePort(app, configuration);
  } catch (error) {
    await app.close();
    throw error;
  }
  stopOnSignal(app, logger);
  grow();
  logger.info({ url: configuration.publicUrl, database: configuration.database.kind }, 'listening');
  return app;
}

/**
 * Lets running requests finish, refuses new ones, closes the database, and exits with 0. More signals change
 * nothing: Ctrl+C under `npm run` arrives twice, from the terminal and handed on by npm.
 */
function stopOnSignal(app: NestFastifyApplication, logger: Logger): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ signal }, 'stopping');
    const impatience = setTimeout(() => {
      logger.warn({ shutdownTimeoutMs }, 'requests were still running and are cut off');
      process.exit(0);
    }, shutdownTimeoutMs);
    app.close().then(
      () => {
        clearTimeout(impatience);
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
