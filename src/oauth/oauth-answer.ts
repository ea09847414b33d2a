import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { MalformedHeader } from '../edge/malformed-header.js';
import { toDomainError } from '../persistence/database-error.js';
import { TokenRequestError, type TokenRequestReason } from '../tokens/token-request-error.js';
import { OAuthError, type OAuthErrorKind } from './oauth-error.js';

/** No answer that holds a token, or says something about one, may be kept anywhere (RFC 6749 §5.1). */
export const neverStored = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

export function sendOAuthError(reply: FastifyReply, error: OAuthError): FastifyReply {
  return reply
    .code(error.status)
    .headers({ ...neverStored, ...error.headers })
    .send(error.toBody());
}

/** Any error as a refusal. What nobody expected is logged with its cause, and told without it. */
export function toOAuthError(
  error: unknown,
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>,
): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof TokenRequestError) return new OAuthError(kinds[error.reason], error.message);
  if (error instanceof MalformedHeader) return new OAuthError('malformedRequest', error.message);
  const clientFault = findClientFault(error);
  if (clientFault !== undefined) return clientFault;
  if (toDomainError(error)?.code === 'unavailable') {
    log.warn({ err: error }, 'the database is not available');
    return new OAuthError('unavailable');
  }
  log.error({ err: error }, 'unexpected error');
  return new OAuthError('unexpected');
}

const kinds: Readonly<Record<TokenRequestReason, OAuthErrorKind>> = {
  invalid_target_entity_scope: 'invalidTargetScope',
  invalid_entity_permission_scope: 'invalidPermissionScope',
  invalid_client_authentication: 'wrongClient',
};

/** Fastify refuses a body before the endpoint sees it: too large, cut off, or of no type at all. */
function findClientFault(error: unknown): OAuthError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number')
    return undefined;
  if (error.statusCode === 413) return new OAuthError('bodyTooLarge');
  return error.statusCode >= 400 && error.statusCode < 500
    ? new OAuthError('malformedRequest')
    : undefined;
}
