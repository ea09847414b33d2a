import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyLimitsOf, type BodyLimits } from './body-limits.js';
import { parseJsonBody } from './json-body.js';
import { MalformedBody } from './malformed-body.js';

/** What is read as JSON; everything else is refused with 415. */
const jsonTypes = [
  'application/json',
  'application/scim+json',
  'application/merge-patch+json',
  'application/json-patch+json',
];

/**
 * Makes every route read bodies in one way: JSON under the limits of the route. A body without a type is an
 * error that says so; no body needs no type.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  for (const type of jsonTypes) {
    fastify.addContentTypeParser(
      type,
      async (request: FastifyRequest, stream: AsyncIterable<Buffer>) => {
        if (isAnonymous(request)) return undefined;
        const limits = bodyLimitsOf(request.method, request.url);
        const bytes = await readBody(request, stream, limits);
        return bytes.length === 0 && mayBeEmpty(request)
          ? undefined
          : parseJsonBody(toText(bytes), limits);
      },
    );
  }
  fastify.addContentTypeParser(
    '*',
    async (request: FastifyRequest, stream: AsyncIterable<Buffer>) => {
      if (isAnonymous(request)) return undefined;
      const bytes = await readBody(request, stream, bodyLimitsOf(request.method, request.url));
      if (bytes.length === 0) return undefined;
      throw new MalformedBody(
        415,
        `The Content-Type of the body must be one of ${jsonTypes.join(', ')}.`,
      );
    },
  );
}

/** No route that reads a body is open to everybody: the guard refuses it, and nobody's megabytes are read for that. */
function isAnonymous(request: FastifyRequest): boolean {
  return request.headers.authorization === undefined;
}

/** Clients send a Content-Type with GET and DELETE too, where no body follows. */
function mayBeEmpty(request: FastifyRequest): boolean {
  return (
    request.method === 'DELETE' ||
    request.headers['content-length'] === undefined ||
    request.headers['content-length'] === '0'
  );
}

async function readBody(
  request: FastifyRequest,
  stream: AsyncIterable<Buffer>,
  limits: BodyLimits,
): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new MalformedBody(415, 'Compressed bodies are not read: leave out Content-Encoding.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limits.bytesMax) throw tooLarge(limits);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limits.bytesMax) throw tooLarge(limits);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedBody(400, 'The body is not valid UTF-8.');
  }
}

function tooLarge(limits: BodyLimits): MalformedBody {
  return new MalformedBody(413, `The body is larger than ${limits.bytesMax} bytes.`);
}
