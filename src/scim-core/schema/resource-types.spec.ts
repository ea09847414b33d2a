import { describe, expect, it } from '@jest/globals';
import { isJsonList, isJsonObject, type Json } from '../json.js';
import type { AttributeSchema, ResourceSchema } from './attribute.js';
import { findAttribute, findSchema, findSubAttribute } from './attribute.js';
import { coreGroupSchema } from './core-group.js';
import { coreUserSchema } from './core-user.js';
import { resourceTypeSchema, schemaSchema, serviceProviderConfigSchema } from './discovery.js';
import { enterpriseUserSchema } from './enterprise-user.js';
import {
  enterpriseUserResourceType,
  groupResourceType,
  toResourceTypeResource,
  toSchemaResource,
  userResourceType,
} from './resource-types.js';

const base = 'https://rollcall.test/api/scim/resource/v2';
const schemas = [
  coreUserSchema,
  enterpriseUserSchema,
  coreGroupSchema,
  serviceProviderConfigSchema,
  resourceTypeSchema,
  schemaSchema,
];

function everyAttribute(attributes: readonly AttributeSchema[]): AttributeSchema[] {
  return attributes.flatMap((attribute) => [
    attribute,
    ...everyAttribute(attribute.subAttributes ?? []),
  ]);
}

function hasNull(value: Json | undefined): boolean {
  if (isJsonList(value)) return value.some(hasNull);
  if (isJsonObject(value)) return Object.values(value).some(hasNull);
  return value === null || value === undefined;
}

const attributeDocuments = (schema: ResourceSchema): Json =>
  toSchemaResource(schema, base).attributes ?? null;

describe('toSchemaResource', () => {
  it.each(schemas.map((schema) => [schema.name, schema] as const))(
    'D12 D19 tells all of %s and no null',
    (_name, schema) => {
      const document = toSchemaResource(schema, base);

      expect(hasNull(document)).toBe(false);
      expect(document).toMatchObject({ id: schema.id, name: schema.name });
      for (const { name, description, type, subAttributes, referenceTypes } of everyAttribute(
        schema.attributes,
      )) {
        expect({ name, isDescribed: description !== '' }).toEqual({ name, isDescribed: true });
        expect({ name, hasParts: subAttributes !== undefined }).toEqual({
          name,
          hasParts: type === 'complex',
        });
        expect({ name, hasTypes: referenceTypes !== undefined }).toEqual({
          name,
          hasTypes: type === 'reference',
        });
      }
    },
  );

  it('D14 tells of userName, password and groups what the RFC does', () => {
    expect(attributeDocuments(coreUserSchema)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'userName',
          type: 'string',
          required: true,
          uniqueness: 'server',
          caseExact: false,
        }),
        expect.objectContaining({ name: 'password', mutability: 'writeOnly', returned: 'never' }),
        expect.objectContaining({ name: 'groups', multiValued: true, mutability: 'readOnly' }),
      ]),
    );
  });

  it('D18 says what it is and where', () => {
    expect(toSchemaResource(coreUserSchema, base)).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      meta: {
        resourceType: 'Schema',
        location: `${base}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User`,
      },
    });
  });

  it('knows every attribute of RFC 7643 §8.7.1', () => {
    expect(coreUserSchema.attributes.map(({ name }) => name)).toEqual([
      'userName',
      'name',
      'displayName',
      'nickName',
      'profileUrl',
      'title',
      'userType',
      'preferredLanguage',
      'locale',
      'timezone',
      'active',
      'password',
      'emails',
      'phoneNumbers',
      'ims',
      'photos',
      'addresses',
      'groups',
      'entitlements',
      'roles',
      'x509Certificates',
    ]);
  });
});

describe('toResourceTypeResource', () => {
  it('D7 D9 D18 tells endpoint, schema and extensions', () => {
    expect(toResourceTypeResource(userResourceType, base)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: expect.any(String),
      schema: coreUserSchema.id,
      schemaExtensions: [{ schema: enterpriseUserSchema.id, required: false }],
      meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
    });
  });

  it.each([
    [enterpriseUserResourceType, 'EnterpriseUser', '/EnterpriseUsers'],
    [groupResourceType, 'Group', '/Groups'],
  ])('D7 tells of the others too', (type, name, endpoint) => {
    expect(toResourceTypeResource(type, base)).toMatchObject({ name, endpoint });
  });
});

describe('looking up', () => {
  it('P6 P7 finds schemas and attributes in any case', () => {
    const emails = findAttribute(coreUserSchema.attributes, 'EMAILS');

    expect(findSchema(userResourceType, enterpriseUserSchema.id.toUpperCase())).toBe(
      enterpriseUserSchema,
    );
    expect(emails?.name).toBe('emails');
    expect(emails && findSubAttribute(emails, 'VALUE')?.name).toBe('value');
  });

  it.each(['constructor', '__proto__', 'toString', ''])('finds nothing under %j', (name) => {
    expect(findAttribute(coreUserSchema.attributes, name)).toBeUndefined();
  });
});
