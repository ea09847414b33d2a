import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Configuration } from '../config/configuration.js';
import { listen } from '../create-app.js';
import { CommandError } from './command-error.js';

/**
 * Opens the port, and tells the person at the terminal why not.
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
