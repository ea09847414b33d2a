import { Injectable } from '@nestjs/common';
import type { Entity } from '../entities/entity.js';
import { canonicalId, isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { VerifiedToken } from '../tokens/token.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { ClientAuthenticator } from './client-authenticator.js';
import { readClientCredentials } from './client-credentials.js';
import { OAuthError } from './oauth-error.js';
import type { OAuthAnswer, OAuthRequest } from './oauth-request.js';

/** What a caller may say that the token is (contract/oauth.md §5); of these, we issue access tokens only. */
const knownTypeHints: readonly string[] = ['access_token', 'id_token', 'refresh_token'];

/** What is told of a good token, in this order. `permissions` are those that are still granted. */
const shownClaims = [
  'aud',
  'exp',
  'iat',
  'iss',
  'jti',
  'permissions',
  'scope',
  'sub',
  'tid',
] as const;

/** `POST /oauth2/introspect` (RFC 7662, contract/oauth.md §5). Whatever is not good is inactive, without a reason. */
@Injectable()
export class IntrospectionEndpoint {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly verifier: TokenVerifier,
  ) {}

  /**
   * FusionAuth's clients ask with the token alone, or with a client id beside it. An id without a secret proves nothing:
   * it must be that of the token's client or of one of its targets. A client that authenticates has to do it right, and
   * then sees its own tenant's tokens.
   * @throws OAuthError
   */
  async answer(request: OAuthRequest): Promise<OAuthAnswer> {
    const client = await this.authenticate(request);
    const facts = client && {
      actor: { kind: 'scim_client', id: client.id } as const,
      tenantId: client.tenantId,
    };
    const text = request.form.get('token');
    if (text === undefined) throw new OAuthError('missingToken');
    const hint = request.form.get('token_type_hint');
    if (hint !== undefined && !knownTypeHints.includes(hint))
      throw new OAuthError('unsupportedTokenType');

    const verification = await this.verifier.verify(text, request.requestId);
    if (!verification.isGood) return { body: inactive, facts };
    const { token } = verification;
    const isVisible = [client?.tenantId, request.tenantId].every(
      (id) => id === undefined || id === token.tenant.id,
    );
    if (!isVisible) return { body: inactive, facts };
    if (client === undefined && !isConcerned(request.form.get('client_id'), token))
      throw new OAuthError('wrongClient');
    if (hint !== undefined && hint !== 'access_token')
      throw new OAuthError('tokenTypeHintMismatch');
    return { body: toActive(token), facts };
  }

  private async authenticate({
    authorization,
    form,
    tenantId,
    address,
  }: OAuthRequest): Promise<Entity | undefined> {
    const credentials = readClientCredentials(authorization, form);
    // An assertion is a way to authenticate that is not taken here, and not the same as none (RFC 7521 §4.2).
    if (credentials === undefined && form.has('client_assertion'))
      throw new OAuthError('wrongClient');
    if (credentials === undefined) return undefined;
    const client = await this.authenticator.authenticate({ credentials, tenantId, address });
    if (client === undefined) throw new OAuthError('wrongClient');
    return client;
  }
}

/**
 * Whether the token is from or for the client, which may be named by its client id or, as in the token's `aud` and `sub`,
 * by its entity's id (contract/oauth.md §5). The answer to another id is the same whether or not
 * there is such a client; and of a token that is not good, nobody with any id learns more than that.
 */
function isConcerned(clientId: string | undefined, token: VerifiedToken): boolean {
  if (clientId === undefined) return true;
  const id = isUuid(clientId) ? canonicalId(clientId) : undefined;
  return [token.client, ...token.targets].some(
    (entity) => entity.clientId === clientId || entity.id === id,
  );
}

const inactive: JsonObject = { active: false };

function toActive(token: VerifiedToken): JsonObject {
  const granted = [...token.permissions].filter(([, names]) => names.size > 0);
  const permissions =
    granted.length === 0
      ? undefined
      : Object.fromEntries(granted.map(([id, names]) => [id, [...names]]));
  const claims: Record<string, JsonObject[string] | undefined> = { ...token.claims, permissions };
  const shown = shownClaims.flatMap((name) => {
    const value = claims[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { active: true, ...Object.fromEntries(shown) };
}
