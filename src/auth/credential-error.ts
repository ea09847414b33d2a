/** The error code that goes into `WWW-Authenticate` (RFC 6750 §3.1); none when no credential was sent at all. */
export type Challenge = 'invalid_token' | 'invalid_request' | undefined;

/** A request's credential is absent or not good. `message` is shown to whoever sent it and quotes no secret. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';

  constructor(
    readonly challenge: Challenge,
    message: string,
  ) {
    super(message);
  }
}
