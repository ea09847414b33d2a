import { defineAttribute, type AttributeSchema, type ResourceSchema } from './attribute.js';
import { resourceTypeUrn, schemaUrn } from './resource-types.js';

const serviceProviderConfigUrn = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

type Definition = Parameters<typeof defineAttribute>[0];

/** Everything in the discovery documents is the server's to say. */
function told(definition: Definition): AttributeSchema {
  return defineAttribute({ mutability: 'readOnly', ...definition });
}

const supported = told({
  name: 'supported',
  type: 'boolean',
  description: 'Whether the feature can be used.',
  required: true,
});

function feature(
  name: string,
  description: string,
  more: readonly AttributeSchema[] = [],
): AttributeSchema {
  return told({
    name,
    type: 'complex',
    description,
    required: true,
    subAttributes: [supported, ...more],
  });
}

/** RFC 9865 §4. */
const pagination = told({
  name: 'pagination',
  type: 'complex',
  description: 'In which ways lists are paged.',
  subAttributes: [
    told({
      name: 'cursor',
      type: 'boolean',
      description: 'Whether by a cursor.',
      required: true,
    }),
    told({ name: 'index', type: 'boolean', description: 'Whether by an index.', required: true }),
    told({
      name: 'defaultPaginationMethod',
      description: 'The way when a client names none.',
      canonicalValues: ['cursor', 'index'],
    }),
    told({
      name: 'defaultPageSize',
      type: 'integer',
      description: 'How many resources a page has when a client does not say.',
    }),
    told({ name: 'maxPageSize', type: 'integer', description: 'The most resources of a page.' }),
    told({
      name: 'cursorTimeout',
      type: 'integer',
      description: 'For how many seconds a cursor is good.',
    }),
  ],
});

/** RFC 7643 §5. */
export const serviceProviderConfigSchema: ResourceSchema = {
  id: serviceProviderConfigUrn,
  name: 'ServiceProviderConfig',
  description: 'What this server can do.',
  attributes: [
    told({
      name: 'documentationUri',
      type: 'reference',
      description: 'Where people can read about the server.',
      referenceTypes: ['external'],
    }),
    feature('patch', 'Whether resources can be changed with PATCH.'),
    feature('bulk', 'Whether several requests can be sent as one, and how many.', [
      told({
        name: 'maxOperations',
        type: 'integer',
        description: 'The most operations.',
        required: true,
      }),
      told({
        name: 'maxPayloadSize',
        type: 'integer',
        description: 'The most bytes.',
        required: true,
      }),
    ]),
    feature('filter', 'Whether lists can be filtered.', [
      told({
        name: 'maxResults',
        type: 'integer',
        description: 'The most resources in an answer.',
        required: true,
      }),
    ]),
    feature('changePassword', 'Whether a password can be changed.'),
    feature('sort', 'Whether lists can be sorted.'),
    feature('etag', 'Whether resources have versions.'),
    pagination,
    told({
      name: 'authenticationSchemes',
      type: 'complex',
      multiValued: true,
      description: 'How a client shows who it is.',
      required: true,
      subAttributes: [
        told({
          name: 'type',
          description: 'The kind of scheme.',
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        told({ name: 'name', description: 'The name of the scheme.', required: true }),
        told({ name: 'description', description: 'A sentence about the scheme.', required: true }),
        told({
          name: 'specUri',
          type: 'reference',
          description: 'Where the scheme is specified.',
          referenceTypes: ['external'],
        }),
        told({
          name: 'documentationUri',
          type: 'reference',
          description: 'Where people can read how to use it.',
          referenceTypes: ['external'],
        }),
        told({
          name: 'primary',
          type: 'boolean',
          description: 'Whether it is the preferred scheme.',
        }),
      ],
    }),
  ],
};

/** RFC 7643 §6. */
export const resourceTypeSchema: ResourceSchema = {
  id: resourceTypeUrn,
  name: 'ResourceType',
  description: 'A kind of resource and where it is found.',
  attributes: [
    told({
      name: 'name',
      description: 'The name of the resource type.',
      required: true,
      caseExact: true,
    }),
    told({ name: 'description', description: 'A sentence about it.' }),
    told({
      name: 'endpoint',
      type: 'reference',
      description: 'Its path under the base URL.',
      required: true,
      referenceTypes: ['uri'],
    }),
    told({
      name: 'schema',
      type: 'reference',
      description: 'The URN of its core schema.',
      required: true,
      referenceTypes: ['uri'],
    }),
    told({
      name: 'schemaExtensions',
      type: 'complex',
      multiValued: true,
      description: 'The extensions it may have.',
      subAttributes: [
        told({
          name: 'schema',
          type: 'reference',
          description: 'The URN of the extension.',
          required: true,
          referenceTypes: ['uri'],
        }),
        told({
          name: 'required',
          type: 'boolean',
          description: 'Whether every resource of the type has the extension.',
          required: true,
        }),
      ],
    }),
  ],
};

const characteristics = [
  told({ name: 'name', description: 'The name.', required: true, caseExact: true }),
  told({
    name: 'type',
    description: 'The data type.',
    required: true,
    canonicalValues: [
      'string',
      'complex',
      'boolean',
      'decimal',
      'integer',
      'dateTime',
      'reference',
      'binary',
    ],
  }),
  told({
    name: 'multiValued',
    type: 'boolean',
    description: 'Whether it is a list.',
    required: true,
  }),
  told({ name: 'description', description: 'A sentence about it.' }),
  told({ name: 'required', type: 'boolean', description: 'Whether it must have a value.' }),
  told({ name: 'canonicalValues', multiValued: true, description: 'Values that are suggested.' }),
  told({ name: 'caseExact', type: 'boolean', description: 'Whether case counts in comparisons.' }),
  told({
    name: 'mutability',
    description: 'Who may write it, and when.',
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  told({
    name: 'returned',
    description: 'When it stands in an answer.',
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  told({
    name: 'uniqueness',
    description: 'Among whom a value may occur once only.',
    canonicalValues: ['none', 'server', 'global'],
  }),
  told({
    name: 'referenceTypes',
    multiValued: true,
    description: 'What a reference may point at.',
  }),
];

/** RFC 7643 §7. */
export const schemaSchema: ResourceSchema = {
  id: schemaUrn,
  name: 'Schema',
  description: 'A set of attributes under one URN.',
  attributes: [
    told({ name: 'id', description: 'The URN of the schema.', required: true }),
    told({ name: 'name', description: 'The name, for people.' }),
    told({ name: 'description', description: 'A sentence about the schema.' }),
    told({
      name: 'attributes',
      type: 'complex',
      multiValued: true,
      description: 'The attributes.',
      required: true,
      subAttributes: [
        ...characteristics,
        told({
          name: 'subAttributes',
          type: 'complex',
          multiValued: true,
          description: 'The parts of a complex attribute.',
          subAttributes: characteristics,
        }),
      ],
    }),
  ],
};
