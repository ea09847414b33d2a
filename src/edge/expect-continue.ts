import type { FastifyReply, FastifyRequest } from 'fastify';

/** Tells a client that waits for leave to send its body that it is wanted now (RFC 9110 §10.1.1). */
export function sendContinue({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers.expect !== undefined) reply.raw.writeContinue();
}
