import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from '../kernel/json.js';
import { bodyLimitsOf, type BodyLimits } from './body-limits.js';
import { sendContinue } from './expect-continue.js';
import { parseJsonBody } from './json-body.js';
import { MalformedBody } from './malformed-body.js';

/** What is read as JSON; everything else is refused with 415. */
const jsonTypes = [
  'application/json',
  'application/scim+json',
  'application/merge-patch+json',
  'application/json-patch+json',
];

/** Leaves every body on the wire, so that no credential is looked at too late: a route reads its own by JsonBody. */
export function leaveBodiesUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
}

/**
 * The JSON body of a request, `undefined` when there is none. It is read after the guards have let the caller in, under
 * the limits of the route.
 * @throws MalformedBody
 */
export const JsonBody = createParamDecorator(
  (_: unknown, context: ExecutionContext): Promise<Json | undefined> | undefined => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return hasBody(request) ? readJson(request, http.getResponse<FastifyReply>()) : undefined;
  },
);

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

async function readJson(request: FastifyRequest, reply: FastifyReply): Promise<Json | undefined> {
  const limits = bodyLimitsOf(request.method, request.url);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new MalformedBody(415, 'Compressed bodies are not read: leave out Content-Encoding.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limits.bytesMax) throw tooLarge(limits);
  const isJson = jsonTypes.includes(essenceOf(request.headers['content-type']));
  sendContinue(request, reply);
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0) return undefined;
  if (isJson) return parseJsonBody(bytes, limits);
  throw new MalformedBody(
    415,
    `The Content-Type of the body must be one of ${jsonTypes.join(', ')}.`,
  );
}

/** The media type without its parameters (RFC 9110 §8.3.1). */
function essenceOf(contentType = ''): string {
  return contentType.split(';', 1).join('').trim().toLowerCase();
}

async function readBytes({ raw }: FastifyRequest, limits: BodyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new Error('a body without an encoding comes as bytes');
      length += chunk.length;
      if (length > limits.bytesMax) throw tooLarge(limits);
      chunks.push(chunk);
    }
  } catch (error) {
    throw raw.destroyed
      ? new MalformedBody(400, 'The body ended before its announced end.')
      : error;
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(limits: BodyLimits): MalformedBody {
  return new MalformedBody(413, `The body is larger than ${limits.bytesMax} bytes.`);
}
