/**
 * Why no token is issued, in FusionAuth's words (contract/oauth.md §4). In OAuth's, the first two are `invalid_scope`;
 * the third is `invalid_client`, for a client whose tenant is not served.
 */
export type TokenRequestReason =
  | 'invalid_target_entity_scope'
  | 'invalid_entity_permission_scope'
  | 'invalid_client_authentication';

/** A token was asked for that may not be issued. `message` is shown to the client. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';

  constructor(
    readonly reason: TokenRequestReason,
    message: string,
  ) {
    super(message);
  }
}
