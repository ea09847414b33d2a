import { ServerResponse } from 'node:http';
import type OidcProvider from 'oidc-provider';
import type {
  Adapter,
  AdapterPayload,
  KoaContextWithOIDC,
  TokenEndpointGrantContext,
} from 'oidc-provider';
// The package's front door prints a line of its own to the console on Node.js 20, where our log is JSON.
import {
  InvalidClientAuth,
  InvalidRequest,
  InvalidScope,
  OIDCProviderError,
} from 'oidc-provider/lib/helpers/errors.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import type { JsonObject } from '../kernel/json.js';
import { OAuthError } from './oauth-error.js';
import { ReplayedRequest, type TokenExchange, tokenPath } from './token-exchange.js';

/** What the product decides inside a token request; the library asks at the right moments. */
export interface TokenRules {
  /** Whether the client has proved who it is. */
  isAuthentic(exchange: TokenExchange): Promise<boolean>;
  /** The body of the token response, for an authentic client. */
  issue(exchange: TokenExchange, scope: string | undefined): Promise<JsonObject>;
}

/** The library wants to know how ID tokens are signed, though nobody gets one: in the one way that needs no key. */
const noKeyAlgorithm = 'HS256';

/** A provider with the one grant, and no page, key or store of its own: tokens are signed in `tokens/`. */
export function createProvider(issuer: string, rules: TokenRules): OidcProvider {
  const provider = new Provider(issuer, {
    adapter: (model) => new EntityAdapter(model),
    jwks: { keys: [] },
    routes: { token: tokenPath },
    scopes: [],
    responseTypes: [],
    enabledJWA: { idTokenSigningAlgValues: [noKeyAlgorithm] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
  });
  provider.registerGrantType('client_credentials', (ctx) => answerGrant(ctx, rules), ['scope']);
  // Undocumented, so it has a test: the library awaits what this returns, and never sees a stored secret.
  provider.Client.prototype.compareClientSecret = () => rules.isAuthentic(currentExchange());
  provider.use(async (ctx, next) => {
    // We answer ourselves: the library's own writing to the response, and to the console, is switched off.
    ctx.respond = false;
    try {
      await next();
    } catch (error) {
      requestOf(ctx).failure = error;
    }
  });
  provider.on('grant.error', keepFailure);
  provider.on('server_error', keepFailure);
  return provider;
}

/**
 * Runs one exchange through the library: parameters, authentication, grant.
 * @returns the body of the token response
 * @throws OAuthError for the library's own refusals; what the rules have thrown comes out as it was
 */
export async function runExchange(
  provider: OidcProvider,
  exchange: TokenExchange,
): Promise<JsonObject> {
  const request = new ReplayedRequest(exchange);
  await provider.callback()(request, new ServerResponse(request));
  if (request.answer !== undefined) return request.answer;
  throw toOwnError(request.failure);
}

async function answerGrant(ctx: TokenEndpointGrantContext, rules: TokenRules): Promise<void> {
  const { scope } = ctx.oidc.params;
  const request = requestOf(ctx);
  request.answer = await rules.issue(
    request.exchange,
    typeof scope === 'string' ? scope : undefined,
  );
  ctx.body = request.answer;
}

/** The library turns every error into an answer of its own, and tells of it on the side. */
function keepFailure(ctx: KoaContextWithOIDC, error: Error): void {
  requestOf(ctx).failure = error;
}

function currentExchange(): TokenExchange {
  const { ctx } = Provider;
  if (ctx === undefined) throw new Error('the library works inside a request only');
  return requestOf(ctx).exchange;
}

function requestOf(ctx: { readonly req: unknown }): ReplayedRequest {
  if (!(ctx.req instanceof ReplayedRequest))
    throw new Error('only replayed requests reach the library');
  return ctx.req;
}

function toOwnError(error: unknown): unknown {
  if (error instanceof InvalidClientAuth) return new OAuthError('wrongClient');
  if (error instanceof InvalidScope)
    return new OAuthError('invalidTargetScope', undefined, { cause: error });
  if (error instanceof InvalidRequest) {
    return new OAuthError('malformedRequest', error.error_description, { cause: error });
  }
  // Any other refusal of the library is about how we set it up, and nothing to bother a client with.
  return error instanceof OIDCProviderError || error === undefined
    ? new Error('oidc-provider did not run the grant', { cause: error })
    : error;
}

/** Clients are the exchange's entity, whoever it is; nothing else is ever stored under this one grant. */
class EntityAdapter implements Adapter {
  constructor(private readonly model: string) {}

  /** A client that is not there looks like one that is, so that both fail at the secret. */
  find(): Promise<AdapterPayload | undefined> {
    if (this.model !== 'Client') return this.refuse();
    return Promise.resolve({
      client_id: currentExchange().client?.id ?? 'nobody',
      // The library wants a secret before it compares one; compareClientSecret looks elsewhere.
      client_secret: 'kept-by-the-entity',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: noKeyAlgorithm,
    });
  }

  upsert(): Promise<void> {
    return this.refuse();
  }

  findByUid(): Promise<undefined> {
    return this.refuse();
  }

  findByUserCode(): Promise<undefined> {
    return this.refuse();
  }

  consume(): Promise<void> {
    return this.refuse();
  }

  destroy(): Promise<void> {
    return this.refuse();
  }

  revokeByGrantId(): Promise<void> {
    return this.refuse();
  }

  private refuse(): Promise<never> {
    return Promise.reject(new Error(`oidc-provider stores no ${this.model} here`));
  }
}
