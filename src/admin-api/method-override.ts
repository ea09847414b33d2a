import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { requestError } from '../contract/request/request-error.js';

const headerName = 'x-http-method-override';

/** Everything below `/api` but SCIM, whose clients send PATCH as PATCH (RFC 7644 §3.5.2). */
const overridablePath = /^\/api\/(?!scim(?:\/|$))/;

/**
 * Turns a POST with `X-HTTP-Method-Override: PATCH` into a PATCH. FusionAuth's Java client sends it that way, because
 * Java's HttpURLConnection knows no PATCH. It runs before routing: the guard, the permissions of the key and the log
 * all see PATCH.
 * @param url as the router will read it
 */
export function applyMethodOverride(request: IncomingMessage, url: string): void {
  const isOverridden = request.method === 'POST' && request.headers[headerName] === 'PATCH';
  if (isOverridden && overridablePath.test(url)) request.method = 'PATCH';
}

/**
 * Refuses every override that was not applied: another value, another method, or a path in a spelling that only the
 * router reads as ours. Ignoring it would create what the caller meant to change.
 */
export function registerMethodOverride(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const value = request.headers[headerName];
    const isApplied = value === 'PATCH' && request.method === 'PATCH';
    const isOurs = overridablePath.test(request.routeOptions.url ?? '');
    if (value === undefined || isApplied || !isOurs) done();
    else done(requestError('', 'invalid', refusal));
  });
}

const refusal = 'The header X-HTTP-Method-Override must be PATCH, and the method POST.';
