import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../scim-core/json.js';

/** RFC 7644 §8.1. JSON has no charset parameter (RFC 8259 §11), and some clients compare the whole value. */
const scimMediaType = 'application/scim+json';

/** Sends one SCIM message. */
export function send(reply: FastifyReply, status: number, body: JsonObject): void {
  // With a serializer of its own, Fastify leaves the media type as it is.
  void reply.code(status).type(scimMediaType).serializer(asText).send(JSON.stringify(body));
}

/** Sends an answer without a body, which tells its media type all the same: SCIM-SDK refuses a 204 without one. */
export function sendNothing(reply: FastifyReply, status: 204 | 304): void {
  // Fastify takes the media type out of such answers, so Node is told.
  reply.raw.setHeader('content-type', scimMediaType);
  void reply.code(status).send();
}

function asText(payload: unknown): string {
  return String(payload);
}
