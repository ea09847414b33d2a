import type { FastifyInstance } from 'fastify';
import type { CarriesFacts } from '../kernel/request-facts.js';

/**
 * One line for each request, when it is answered: who, where, how long. The route's pattern is logged and not
 * the path, and nothing of the query, the headers or the body.
 */
export function registerRequestLog(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { rollcallFacts } = request as CarriesFacts;
    request.log.info(
      {
        tenantId: rollcallFacts?.tenantId,
        actor: rollcallFacts?.actor,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}
