import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Tells a client that waits for leave to send its body that it is wanted now. A client of HTTP/1.0 does not know the
 * answer (RFC 9110 §10.1.1).
 */
export function sendContinue({ headers, raw }: FastifyRequest, reply: FastifyReply): void {
  if (headers.expect !== undefined && raw.httpVersion !== '1.0') reply.raw.writeContinue();
}
