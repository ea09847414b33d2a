import type { FastifyInstance } from 'fastify';
import { BoundedConnection, unreadBytesMax } from './bounded-connection.js';

/**
 * Answers that go out before their request's body is in, such as a 401, do not make the server read all of it: what is
 * left is thrown away while it is short, and the connection ends when it is not.
 */
export function registerUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ raw }, reply, payload, done) => {
    // A request that the process sends to itself has no connection.
    const connection = raw.complete ? undefined : BoundedConnection.find(raw.socket);
    if (connection !== undefined) {
      connection.discardBody(raw);
      const announced = Number(raw.headers['content-length']);
      if (announced > unreadBytesMax) void reply.header('connection', 'close');
    }
    done(null, payload);
  });
}
