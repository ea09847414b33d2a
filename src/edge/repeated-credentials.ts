import type { FastifyInstance } from 'fastify';
import { MalformedHeader } from './malformed-header.js';

const credentialHeader = 'authorization';

/**
 * Refuses a request with two `Authorization` headers, which is not valid (RFC 9110 §5.3). Node keeps the first and drops
 * the others; a proxy that looks at the last would check one credential and we another.
 */
export function registerCredentialCheck(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (countCredentials(request.raw.rawHeaders) < 2) done();
    else done(new MalformedHeader('The request has more than one Authorization header.'));
  });
}

/** @param rawHeaders names and values by turns, as they came */
function countCredentials(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === credentialHeader.length && name.toLowerCase() === credentialHeader)
      count += 1;
  }
  return count;
}
