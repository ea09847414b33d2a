import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import type { JsonObject } from '../kernel/json.js';
import { tenantContext } from '../tenants/tenant-context.js';
import { TokenService } from '../tokens/token.service.js';
import { ClientAuthenticator } from './client-authenticator.js';
import { type ClientCredentials, readClientCredentials } from './client-credentials.js';
import { OAuthError, supportedGrantTypes } from './oauth-error.js';
import type { OAuthAnswer, OAuthRequest } from './oauth-request.js';
import { runExchange, type TokenRules } from './provider-internals.js';
import { ProviderPool } from './provider-pool.js';
import type { TokenExchange } from './token-exchange.js';

/** `POST /oauth2/token` with the client-credentials grant (RFC 6749 §4.4, contract/oauth.md §1). */
@Injectable()
export class TokenEndpoint implements TokenRules {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly providers: ProviderPool,
    private readonly tokens: TokenService,
    private readonly clock: Clock,
  ) {}

  /** @throws OAuthError; TokenRequestError, when the scope is not granted */
  async answer(request: OAuthRequest): Promise<OAuthAnswer> {
    const grantType = request.form.get('grant_type');
    if (grantType === undefined) throw new OAuthError('missingGrantType');
    if (!supportedGrantTypes.includes(grantType)) throw new OAuthError('unsupportedGrantType');
    // Whoever asks for a bound token must not be given one that everybody can use.
    if (request.hasProof) throw new OAuthError('proofNotSupported');
    const credentials = requireCredentials(request);
    const { tenantId, address } = request;
    const client = await this.authenticator.authenticate({ credentials, tenantId, address });
    const scope = request.form.get('scope');
    const exchange: TokenExchange = {
      client,
      credentials,
      grantType,
      scope,
      requestId: request.requestId,
    };
    const body = await runExchange(this.providers.of(client?.tenantId, this), exchange);
    return { body, facts: client && { actor: actorOf(client), tenantId: client.tenantId } };
  }

  /** Decided before the exchange began: a wrong client goes the way of one that is not there, in no tenant's provider. */
  isAuthentic({ client }: TokenExchange): Promise<boolean> {
    return Promise.resolve(client !== undefined);
  }

  async issue(
    { client, requestId }: TokenExchange,
    scope: string | undefined,
  ): Promise<JsonObject> {
    if (client === undefined) throw new OAuthError('wrongClient');
    const context = tenantContext({ actor: actorOf(client), requestId }, client.tenantId);
    const token = await this.tokens.issue(context, client, scope);
    return {
      access_token: token.accessToken,
      expires_in: Math.max(0, Math.floor((token.ends - this.clock.now()) / 1000)),
      ...(scope === undefined ? {} : { scope }),
      token_type: 'Bearer',
    };
  }
}

function requireCredentials({ authorization, form }: OAuthRequest): ClientCredentials {
  const credentials = readClientCredentials(authorization, form);
  if (credentials !== undefined) return credentials;
  throw new OAuthError(form.has('client_id') ? 'missingAuthentication' : 'missingClientId');
}

/** The entity acts for itself: it is the client. */
function actorOf(client: { readonly id: string }): Actor {
  return { kind: 'scim_client', id: client.id };
}
