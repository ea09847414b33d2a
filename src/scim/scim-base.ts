import type { Configuration } from '../config/configuration.js';

/** The path of the SCIM server, the same for every tenant: the token says which one is meant. */
export const scimBasePath = '/api/scim/resource/v2';

/** The base of `meta.location` and of every `$ref`; never taken from the request. */
export function scimBaseUrl(configuration: Configuration): string {
  return `${configuration.publicUrl}${scimBasePath}`;
}
