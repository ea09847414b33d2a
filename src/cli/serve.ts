import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, pino } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { createApp } from '../create-app.js';
import { logOutput } from '../edge/log-output.js';
import { Readiness } from '../kernel/readiness.js';
import { readKickstart } from './kickstart-file.js';
import { kickstartWith } from './kickstart.js';
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
  const app = await createApp(configuration, {
    logger,
    firstStart: kickstart && kickstartWith(kickstart, logger),
  });
  try {
    await takePort(app, configuration);
  } catch (error) {
    await app.close();
    throw error;
  }
  stopOnSignal(app, configuration.shutdownDelayMs, logger);
  grow();
  logger.info({ url: configuration.publicUrl, database: configuration.database.kind }, 'listening');
  return app;
}

/**
 * Says that the server is leaving and serves on for the delay, so that a balancer sends its requests elsewhere. Then
 * lets running requests finish, refuses new ones, closes the database, and exits with 0. More signals change nothing:
 * Ctrl+C under `npm run` arrives twice, from the terminal and handed on by npm.
 */
function stopOnSignal(app: NestFastifyApplication, delayMs: number, logger: Logger): void {
  const readiness = app.get(Readiness);
  const stop = async (signal: string) => {
    if (readiness.isStopping) return;
    readiness.stop();
    logger.info({ signal, delayMs }, 'stopping');
    await delay(delayMs);
    const impatience = setTimeout(() => {
      logger.warn({ shutdownTimeoutMs }, 'requests were still running and are cut off');
      process.exit(0);
    }, shutdownTimeoutMs);
    try {
      await app.close();
      clearTimeout(impatience);
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'the shutdown failed');
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
