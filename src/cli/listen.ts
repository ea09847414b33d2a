import { once } from 'node:events';
import { createServer } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { atPort } from '../config/at-port.js';
import type { Configuration } from '../config/configuration.js';
import { listen } from '../create-app.js';
import { CommandError } from './command-error.js';

/**
 * With `PORT=0` the system chooses the port, which must be known before the first URL is written down: so one that is
 * free is found before anything else begins.
 */
export async function withRealPort(configuration: Configuration): Promise<Configuration> {
  if (configuration.port !== 0) return configuration;
  const server = createServer();
  try {
    server.listen(0, configuration.host);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new Error('a server that listens has an address');
    return atPort(configuration, address.port);
  } catch (error) {
    throw toListeningError(error, configuration);
  } finally {
    server.close();
  }
}

/**
 * Opens the port. Fastify is asked directly: Nest would log a failure by itself, beside the sentence that the person at
 * the terminal gets.
 * @throws CommandError when the port or the address can not be had
 */
export async function takePort(
  app: NestFastifyApplication,
  configuration: Configuration,
): Promise<void> {
  try {
    await listen(app, configuration);
  } catch (error) {
    throw toListeningError(error, configuration);
  }
}

function toListeningError(error: unknown, { port, host }: Configuration): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code];
  if (sentence !== undefined) return new CommandError(sentence(port, host));
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new CommandError(`The server can not listen on HOST and PORT (${code}).`);
}

const unknownHost = (_port: number, host: string) =>
  `HOST ${host} is no address or name that this machine knows: use one of its own addresses, for example 127.0.0.1.`;

const sentences: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port) =>
    `Port ${port} is taken by another program: stop it, or choose another port with PORT.`,
  EACCES: (port) => `Port ${port} may not be opened by this user: choose one above 1023 with PORT.`,
  EADDRNOTAVAIL: (_port, host) =>
    `HOST ${host} is not an address of this machine: use one of its own, for example 127.0.0.1.`,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
};
