import type { JsonObject } from '../kernel/json.js';
import { supportedGrantTypes } from './oauth-error.js';

/** Where the authorization endpoint is, below the public URL. */
export const authorizationPath = '/oauth2/authorize';

/**
 * The metadata of the authorization server (RFC 8414 §2, OpenID Connect Discovery §3). It names what exists and nothing
 * else. Clients of OpenID Connect insist on some members about signing people in; these say that there is nothing: the
 * authorization endpoint refuses every response type, and `none` is the only one that has no result.
 * @param issuer the tenant's, which is free text; the URLs are ours whatever it says
 * @param algorithms of the published keys. A client that is not told takes RS256 for granted.
 */
export function toDiscoveryDocument(
  issuer: string,
  publicUrl: string,
  algorithms: readonly string[],
): JsonObject {
  const clientMethods = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer,
    authorization_endpoint: `${publicUrl}${authorizationPath}`,
    token_endpoint: `${publicUrl}/oauth2/token`,
    introspection_endpoint: `${publicUrl}/oauth2/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    grant_types_supported: supportedGrantTypes,
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_methods_supported: [...clientMethods, 'none'],
  };
}
