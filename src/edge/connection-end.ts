import type { FastifyInstance } from 'fastify';

/** How often a server that stops looks for connections that have become idle. */
const sweepMs = 100;

/**
 * Lets a server that stops be left by its clients: an answer says that its connection ends with it, and one whose
 * answer was on its way already is closed when it falls idle. Without this a client that keeps connections alive
 * keeps the process too.
 */
export function registerConnectionEnd(fastify: FastifyInstance): void {
  let isStopping = false;
  fastify.addHook('preClose', (done) => {
    isStopping = true;
    const sweep = setInterval(() => fastify.server.closeIdleConnections(), sweepMs);
    sweep.unref();
    fastify.server.once('close', () => clearInterval(sweep));
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}
