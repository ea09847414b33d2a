import type { JsonObject } from '../scim-core/json.js';

/**
 * What the server says of every resource (RFC 7643 §3.1). Times are instants with milliseconds, in UTC.
 * @param version the entity tag of the resource
 */
export function toMeta(
  resource: { readonly id: string; readonly created: number; readonly changed: number },
  version: string,
  type: { readonly name: string; readonly endpoint: string },
  baseUrl: string,
): JsonObject {
  return {
    resourceType: type.name,
    created: new Date(resource.created).toISOString(),
    lastModified: new Date(resource.changed).toISOString(),
    location: `${baseUrl}${type.endpoint}/${resource.id}`,
    version,
  };
}
