import { defineAttribute, type ResourceSchema } from './attribute.js';

/**
 * RFC 7643 §4.2. What is inside a member is immutable: an entry comes and goes as a whole. A
 * group's name is unique within its tenant here, which the RFC leaves open.
 */
export const coreGroupSchema: ResourceSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    defineAttribute({
      name: 'displayName',
      description: 'The name of the group. Unique without regard to case.',
      required: true,
      uniqueness: 'server',
    }),
    defineAttribute({
      name: 'members',
      type: 'complex',
      multiValued: true,
      description: 'Who belongs to the group.',
      subAttributes: [
        defineAttribute({
          name: 'value',
          description: 'The id of the member.',
          required: true,
          caseExact: true,
          mutability: 'immutable',
        }),
        defineAttribute({
          name: '$ref',
          type: 'reference',
          description: 'The URL of the member.',
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        }),
        defineAttribute({
          name: 'display',
          description: 'The name of the member, to be shown to people.',
          mutability: 'immutable',
        }),
        defineAttribute({
          name: 'type',
          description: 'Whether the member is a person or a group.',
          mutability: 'immutable',
          canonicalValues: ['User', 'Group'],
        }),
      ],
    }),
  ],
};
