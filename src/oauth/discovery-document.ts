import type { JsonObject } from '../kernel/json.js';
import { supportedGrantTypes } from './oauth-error.js';

/**
 * The metadata of the authorization server (RFC 8414 §2, OpenID Connect Discovery §3). It names what exists and
 * nothing else, which is why the members about signing people in are not there.
 * @param issuer the tenant's, which is free text; the URLs are ours whatever it says
 */
export function toDiscoveryDocument(issuer: string, publicUrl: string): JsonObject {
  const clientMethods = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer,
    token_endpoint: `${publicUrl}/oauth2/token`,
    introspection_endpoint: `${publicUrl}/oauth2/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    grant_types_supported: supportedGrantTypes,
    response_types_supported: [],
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_methods_supported: [...clientMethods, 'none'],
  };
}
