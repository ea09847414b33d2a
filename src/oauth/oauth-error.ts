/** One line of the table of refusals (contract/oauth.md §4): what a client is told, and with which status. */
interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly reason: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The grants that the token endpoint knows. */
export const supportedGrantTypes: readonly string[] = ['client_credentials'];

/** How long a client may wait before it asks again when the database is away. */
const retryAfterSeconds = 5;

const refusals = {
  malformedRequest: badRequest('unknown', 'The request is not a well-formed form request.'),
  notAForm: badRequest(
    'unknown',
    'The parameters must be sent as application/x-www-form-urlencoded.',
  ),
  parameterInQuery: badRequest(
    'unknown',
    'A parameter is in the query that may only be in the body.',
  ),
  parameterTwice: badRequest('unknown', 'The request has a parameter twice.'),
  missingGrantType: badRequest(
    'missing_grant_type',
    'The request is missing a required parameter: grant_type',
  ),
  missingToken: badRequest('missing_token', 'The request is missing a required parameter: token'),
  missingClientId: badRequest(
    'missing_client_id',
    'The request is missing a required parameter: client_id',
  ),
  clientIdMismatch: badRequest(
    'client_id_mismatch',
    'The client_id of the body is not the one of the Authorization header.',
  ),
  twoAuthentications: badRequest(
    'invalid_client_authentication',
    'The client must authenticate in one way: by the Authorization header or in the body.',
  ),
  invalidTenantId: badRequest(
    'invalid_tenant_id',
    'The request has an invalid parameter: tenantId',
  ),
  tokenTypeHintMismatch: badRequest(
    'token_type_hint_mismatch',
    'The token is not of the type in token_type_hint.',
  ),
  unsupportedTokenType: {
    status: 400,
    error: 'unsupported_token_type',
    reason: 'unsupported_token_type',
    description: 'The request has an invalid parameter: token_type_hint',
  },
  unsupportedGrantType: {
    status: 400,
    error: 'unsupported_grant_type',
    reason: 'invalid_grant_type',
    description: `The grant_type must be one of: ${supportedGrantTypes.join(', ')}`,
  },
  unsupportedResponseType: {
    status: 400,
    error: 'unsupported_response_type',
    reason: 'unknown',
    description: 'This server signs nobody in: there is no response_type that it takes.',
  },
  proofNotSupported: {
    status: 400,
    error: 'invalid_dpop_proof',
    reason: 'unknown',
    description: 'Tokens are not bound to keys here: leave the DPoP header out for a bearer token.',
  },
  invalidTargetScope: {
    status: 400,
    error: 'invalid_scope',
    reason: 'invalid_target_entity_scope',
    description: 'The request has an invalid parameter: scope',
  },
  invalidPermissionScope: {
    status: 400,
    error: 'invalid_scope',
    reason: 'invalid_entity_permission_scope',
    description: 'The request has an invalid parameter: scope',
  },
  missingAuthentication: invalidClient(
    'client_authentication_missing',
    'The client has sent no authentication.',
  ),
  missingClientSecret: invalidClient('missing_client_secret', 'The client has sent no secret.'),
  wrongScheme: invalidClient(
    'invalid_client_authentication_scheme',
    'The scheme of the Authorization header must be Basic.',
  ),
  malformedBasic: invalidClient(
    'invalid_client_authentication',
    'The Authorization header must be "Basic" and the base64 of the client id, a colon and the secret.',
  ),
  // The one answer for everything that is wrong about a client: it tells nobody which clients there are.
  wrongClient: invalidClient('invalid_client_authentication', 'The client could not be verified.'),
  methodNotAllowed: {
    ...badRequest('unknown', 'This endpoint takes POST requests only.'),
    status: 405,
    headers: { Allow: 'POST' },
  },
  bodyTooLarge: {
    ...badRequest('unknown', 'The body is too large.'),
    status: 413,
    headers: { Connection: 'close' },
  },
  // RFC 6749 §5.2 has no word for it; this one is from §4.1.2.1.
  slowedDown: {
    status: 429,
    error: 'temporarily_unavailable',
    reason: 'unknown',
    description:
      'Too many wrong secrets for this client came from this address. Wait as Retry-After says, then try again.',
  },
  unavailable: {
    status: 503,
    error: 'server_error',
    reason: 'unknown',
    description: 'The server can not answer now. Try again in a moment.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  },
  unexpected: {
    status: 500,
    error: 'server_error',
    reason: 'unknown',
    description: 'The server met an unexpected error.',
  },
} as const satisfies Record<string, Refusal>;

/** The names of the refusals, for whoever throws one. */
export type OAuthErrorKind = keyof typeof refusals;

/** A refusal in OAuth's words (RFC 6749 §5.2). The description is shown to the client and quotes no secret. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  private readonly refusal: Refusal;

  /** @param description in place of the table's, where more can be said */
  constructor(
    readonly kind: OAuthErrorKind,
    description?: string,
    options?: ErrorOptions,
    private readonly ownHeaders: Readonly<Record<string, string>> = {},
  ) {
    const refusal: Refusal = refusals[kind];
    super(description ?? refusal.description, options);
    this.refusal = refusal;
  }

  static slowedDown(retryAfterSeconds: number): OAuthError {
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    return new OAuthError('slowedDown', undefined, undefined, headers);
  }

  get status(): number {
    return this.refusal.status;
  }

  /** A 401 names the scheme that we take (RFC 9110 §15.5.2), the same for every client. */
  get headers(): Readonly<Record<string, string>> {
    const challenge =
      this.status === 401 ? { 'WWW-Authenticate': 'Basic realm="oauth2", charset="UTF-8"' } : {};
    return { ...this.refusal.headers, ...this.ownHeaders, ...challenge };
  }

  toBody(): { error: string; error_reason: string; error_description: string } {
    return {
      error: this.refusal.error,
      error_reason: this.refusal.reason,
      error_description: this.message,
    };
  }
}

function badRequest(reason: string, description: string) {
  return { status: 400, error: 'invalid_request', reason, description };
}

function invalidClient(reason: string, description: string) {
  return { status: 401, error: 'invalid_client', reason, description };
}
