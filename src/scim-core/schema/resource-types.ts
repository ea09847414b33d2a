import type { JsonObject } from '../json.js';
import type { AttributeSchema, ResourceSchema, ResourceType } from './attribute.js';
import { coreGroupSchema } from './core-group.js';
import { coreUserSchema } from './core-user.js';
import { enterpriseUserSchema } from './enterprise-user.js';

export const schemaUrn = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
export const resourceTypeUrn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';

export const userResourceType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'People who have an account.',
  schema: coreUserSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
};

/** The second door to the same people, with permissions of its own. */
export const enterpriseUserResourceType: ResourceType = {
  name: 'EnterpriseUser',
  endpoint: '/EnterpriseUsers',
  description: 'People who have an account, as members of an organization.',
  schema: coreUserSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
};

export const groupResourceType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of people and of other groups.',
  schema: coreGroupSchema,
  extensions: [],
};

/** A schema as `GET /Schemas` tells it (RFC 7643 §7); no member is null. */
export function toSchemaResource(schema: ResourceSchema, baseUrl: string): JsonObject {
  return {
    schemas: [schemaUrn],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(toAttributeDocument),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  };
}

/**
 * A resource type as `GET /ResourceTypes` tells it (RFC 7643 §6); its endpoint is relative to the
 * base URL.
 */
export function toResourceTypeResource(type: ResourceType, baseUrl: string): JsonObject {
  return {
    schemas: [resourceTypeUrn],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ schema, required }) => ({
      schema: schema.id,
      required,
    })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.name}` },
  };
}

function toAttributeDocument(attribute: AttributeSchema): JsonObject {
  const isText = ['string', 'reference', 'binary'].includes(attribute.type);
  const parts = attribute.subAttributes?.map(toAttributeDocument);
  return {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    ...(isText ? { caseExact: attribute.caseExact } : {}),
    mutability: attribute.mutability,
    returned: attribute.returned,
    uniqueness: attribute.uniqueness,
    ...(attribute.canonicalValues ? { canonicalValues: attribute.canonicalValues } : {}),
    ...(attribute.referenceTypes ? { referenceTypes: attribute.referenceTypes } : {}),
    ...(parts ? { subAttributes: parts } : {}),
  };
}
