import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { BoundedConnection } from './bounded-connection.js';
import { isScimTarget } from './plain-path.js';

type ClientError = Parameters<NonNullable<FastifyServerOptions['clientErrorHandler']>>[0];

/**
 * Answers requests that are broken before they are requests: lines beyond the header limit, bytes that are no
 * HTTP, headers that never end. The answer has the shape of the face that the request line names, and the
 * connection is closed: what follows on it cannot be trusted.
 */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, reason, detail } = toAnswer(error.code);
  const isScim = isScimTarget(BoundedConnection.find(socket)?.target ?? '');
  const body = isScim ? scimBody(status, detail) : errorsBody(detail);
  const type = isScim ? 'application/scim+json' : 'application/json';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

/** Answers a URL that the router cannot read, such as one that ends in `%`: there is no route then, and no filter. */
export function answerBadUrl(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const detail =
    'The path is not valid: after each % two hexadecimal digits must follow, and the whole must be UTF-8.';
  const isScim = isScimTarget(request.url);
  void reply
    .code(400)
    .type(isScim ? 'application/scim+json' : 'application/json')
    .send(isScim ? scimBody(400, detail) : errorsBody(detail));
}

/** RFC 9112 §3.2: a proxy in front may have taken the other of two hosts. */
export function hasRepeatedHost({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === hostLength && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

const hostLength = 'host'.length;

/** Refuses a request with two Host headers, and ends its connection. */
export function answerRepeatedHost({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const detail = 'The request has more than one Host header.';
  const isScim = isScimTarget(url);
  response
    .writeHead(400, {
      'content-type': isScim ? 'application/scim+json' : 'application/json',
      connection: 'close',
    })
    .end(isScim ? scimBody(400, detail) : errorsBody(detail));
}

function toAnswer(code: string | undefined): { status: number; reason: string; detail: string } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const detail =
      'The request line and headers are longer than 16 KiB; send a long filter with POST /.search.';
    return { status: 431, reason: 'Request Header Fields Too Large', detail };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      reason: 'Request Timeout',
      detail: 'The request did not arrive in time.',
    };
  }
  return { status: 400, reason: 'Bad Request', detail: 'The request is not valid HTTP.' };
}

function scimBody(status: number, detail: string): string {
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    detail,
  });
}

function errorsBody(detail: string): string {
  return JSON.stringify({
    fieldErrors: {},
    generalErrors: [{ code: '[invalidRequest]', message: detail }],
  });
}
