/**
 * The inner files of oidc-provider that provider-internals.ts imports; its own types cover the front door only.
 */
declare module 'oidc-provider/lib/provider.js' {
  import type OidcProvider from 'oidc-provider';

  export const Provider: typeof OidcProvider;
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  import type { errors } from 'oidc-provider';

  export const OIDCProviderError: typeof errors.OIDCProviderError;
  export const InvalidClientAuth: typeof errors.InvalidClientAuth;
  export const InvalidRequest: typeof errors.InvalidRequest;
  export const InvalidScope: typeof errors.InvalidScope;
}
