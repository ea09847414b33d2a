import type { JsonObject } from '../scim-core/json.js';
import { toListResponse } from '../scim-core/resource/list.js';
import {
  isSameUrn,
  type ResourceSchema,
  type ResourceType,
} from '../scim-core/schema/attribute.js';
import {
  enterpriseUserResourceType,
  groupResourceType,
  toResourceTypeResource,
  toSchemaResource,
  userResourceType,
} from '../scim-core/schema/resource-types.js';
import { ScimError } from '../scim-core/scim-error.js';
import { serviceProviderConfig } from './service-provider-config.js';

const resourceTypes: readonly ResourceType[] = [
  userResourceType,
  enterpriseUserResourceType,
  groupResourceType,
];

/** Every schema that a resource type names, once. */
const schemas: readonly ResourceSchema[] = [
  ...new Set(
    resourceTypes.flatMap((type) => [type.schema, ...type.extensions.map(({ schema }) => schema)]),
  ),
];

/** One of the three places where a client learns what the server is like (RFC 7644 §4). */
export interface DiscoveryEndpoint {
  readonly permission: string;
  /** The answer to the endpoint itself. */
  readonly all: (baseUrl: string) => JsonObject;
  /** The answer to one of its resources; undefined when there is none of that id. */
  readonly find: (baseUrl: string, id: string) => JsonObject | undefined;
}

export const discoveryEndpoints: ReadonlyMap<string, DiscoveryEndpoint> = new Map([
  [
    'ServiceProviderConfig',
    {
      permission: 'scim:service-provider-config:read',
      all: serviceProviderConfig,
      find: () => undefined,
    },
  ],
  [
    'ResourceTypes',
    {
      permission: 'scim:resource-types:read',
      all: (baseUrl: string) =>
        toList(resourceTypes.map((type) => toResourceTypeResource(type, baseUrl))),
      find: (baseUrl: string, id: string) => {
        const type = resourceTypes.find(({ name }) => name === id);
        return type && toResourceTypeResource(type, baseUrl);
      },
    },
  ],
  [
    'Schemas',
    {
      permission: 'scim:schemas:read',
      all: (baseUrl: string) => toList(schemas.map((schema) => toSchemaResource(schema, baseUrl))),
      find: (baseUrl: string, id: string) => {
        const schema = schemas.find((candidate) => isSameUrn(candidate.id, id));
        return schema && toSchemaResource(schema, baseUrl);
      },
    },
  ],
]);

/** @throws ScimError 403 for a filter, which these endpoints do not have (RFC 7644 §4) */
export function refuseFilter(query: Readonly<Record<string, unknown>>): void {
  if (query.filter === undefined) return;
  throw new ScimError(403, undefined, 'This endpoint can not be filtered.');
}

/** Whole, whatever page was asked for: sorting and paging do not apply here (RFC 7644 §4). */
function toList(resources: readonly JsonObject[]): JsonObject {
  return toListResponse({ resources, total: resources.length, startIndex: 1 });
}
