/** Why a scope gets no token, in FusionAuth's words (contract/oauth.md §4); both are `invalid_scope` in OAuth's. */
export type TokenRequestReason = 'invalid_target_entity_scope' | 'invalid_entity_permission_scope';

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
