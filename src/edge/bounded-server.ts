import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { BoundedConnection } from './bounded-connection.js';
import { answerRepeatedHost, hasRepeatedHost } from './client-errors.js';
import { HeldRequests } from './held-requests.js';

/**
 * An HTTP server on which no connection can ask for more than its turn: see BoundedConnection. `Expect: 100-continue` is
 * left to whoever reads the body, so that a client that is refused never sends it (RFC 9110 §10.1.1).
 */
export function createBoundedServer(options: ServerOptions, listener: RequestListener): Server {
  const held = new HeldRequests();
  const answer: RequestListener = (request, response) =>
    hasRepeatedHost(request) ? answerRepeatedHost(request, response) : listener(request, response);
  const accept: RequestListener = (request, response) =>
    BoundedConnection.find(request.socket)?.accept(request, response);
  const server = createServer(options, accept);
  server.on('checkContinue', accept);
  server.on('connection', (socket) => new BoundedConnection(socket, held, answer));
  return server;
}
