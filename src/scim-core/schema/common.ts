import { defineAttribute, type AttributeSchema } from './attribute.js';

/**
 * What every resource has (RFC 7643 §3.1). No schema document lists them, but paths, filters and
 * projections know them. URNs are without case, so `schemas` is not caseExact.
 */
export const commonAttributes: readonly AttributeSchema[] = [
  defineAttribute({
    name: 'schemas',
    type: 'reference',
    multiValued: true,
    description: 'The URNs of the schemas whose attributes this resource has.',
    required: true,
    caseExact: false,
    mutability: 'readOnly',
    returned: 'always',
    referenceTypes: ['uri'],
  }),
  defineAttribute({
    name: 'id',
    description: 'The identifier that the server gave. It never changes and is never used again.',
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  defineAttribute({
    name: 'externalId',
    description: 'The identifier that the provisioning client uses for the resource.',
    caseExact: true,
  }),
  defineAttribute({
    name: 'meta',
    type: 'complex',
    description: 'What the server records about the resource.',
    mutability: 'readOnly',
    subAttributes: [
      defineAttribute({
        name: 'resourceType',
        description: 'The name of the resource type.',
        caseExact: true,
        mutability: 'readOnly',
      }),
      defineAttribute({
        name: 'created',
        type: 'dateTime',
        description: 'When the resource was created.',
        mutability: 'readOnly',
      }),
      defineAttribute({
        name: 'lastModified',
        type: 'dateTime',
        description: 'When the resource was last changed.',
        mutability: 'readOnly',
      }),
      defineAttribute({
        name: 'location',
        type: 'reference',
        description: 'The URL of the resource.',
        mutability: 'readOnly',
        referenceTypes: ['uri'],
      }),
      defineAttribute({
        name: 'version',
        description: 'The version of the resource, as in its ETag.',
        caseExact: true,
        mutability: 'readOnly',
      }),
    ],
  }),
];
