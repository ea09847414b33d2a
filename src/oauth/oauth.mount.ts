import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendContinue } from '../edge/expect-continue.js';
import type { CarriesFacts } from '../kernel/request-facts.js';
import { formBytesMax } from './form-body.js';
import { IntrospectionEndpoint } from './introspection.endpoint.js';
import { neverStored, sendOAuthError, toOAuthError } from './oauth-answer.js';
import { OAuthError } from './oauth-error.js';
import { type OAuthAnswer, type OAuthRequest, readOAuthRequest } from './oauth-request.js';
import { TokenEndpoint } from './token.endpoint.js';
import { tokenPath } from './token-exchange.js';

/**
 * Adds the two endpoints that read forms. They are Fastify's own routes and not controllers: nothing else in
 * the application reads forms, or writes errors as OAuth does. Both are open to everybody, and ask for their
 * credentials themselves.
 */
export function mountOauth(app: NestFastifyApplication): void {
  const token = app.get(TokenEndpoint);
  const introspection = app.get(IntrospectionEndpoint);
  const fastify = app.getHttpAdapter().getInstance();
  void fastify.register((scope, _options, done) => {
    readBodiesAsBytes(scope);
    scope.setErrorHandler((error, request, reply) =>
      sendOAuthError(reply, toOAuthError(error, request.log)),
    );
    addFormRoute(scope, tokenPath, scopeInQuery, (request) => token.answer(request));
    addFormRoute(scope, '/oauth2/introspect', nothingInQuery, (request) =>
      introspection.answer(request),
    );
    done();
  });
}

/** Okta and others have no place for a scope but the URL that they send the rest to. */
const scopeInQuery: ReadonlySet<string> = new Set(['scope']);

const nothingInQuery: ReadonlySet<string> = new Set();

const otherMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Whatever its type, a body is bytes until the endpoint has decided that it is a form. */
function readBodiesAsBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addHook('preParsing', (request, reply, payload, done) => {
    sendContinue(request, reply);
    done(null, payload);
  });
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: formBytesMax },
    (_request, body, done) => {
      done(null, body);
    },
  );
}

function addFormRoute(
  scope: FastifyInstance,
  url: string,
  queryNames: ReadonlySet<string>,
  answer: (request: OAuthRequest) => Promise<OAuthAnswer>,
): void {
  scope.post(url, async (request: FastifyRequest & CarriesFacts, reply) => {
    const { body, facts } = await answer(readOAuthRequest(request, queryNames));
    if (facts !== undefined) request.rollcallFacts = facts;
    return reply.headers(neverStored).send(body);
  });
  scope.route({
    method: otherMethods,
    url,
    exposeHeadRoute: false,
    handler: () => {
      throw new OAuthError('methodNotAllowed');
    },
  });
}
