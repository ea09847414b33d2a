import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../kernel/readiness.js';

/** How often a server that stops looks for connections that have become idle. */
const sweepMs = 100;

/**
 * Makes clients leave a server that stops: its answers end their connections, and a connection whose answer was on its
 * way already is closed when it falls idle. Otherwise a client that keeps its connections would keep the process.
 */
export function registerConnectionEnd(fastify: FastifyInstance, readiness: Readiness): void {
  fastify.addHook('preClose', (done) => {
    readiness.stop();
    const sweep = setInterval(() => fastify.server.closeIdleConnections(), sweepMs);
    sweep.unref();
    fastify.server.once('close', () => clearInterval(sweep));
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (readiness.isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}
