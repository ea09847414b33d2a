import { defineAttribute, type ResourceSchema } from './attribute.js';

/** RFC 7643 §4.3: what an employer knows of a person. */
export const enterpriseUserSchema: ResourceSchema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    defineAttribute({
      name: 'employeeNumber',
      description: 'The number by which the organization knows the person.',
    }),
    defineAttribute({ name: 'costCenter', description: 'The cost center.' }),
    defineAttribute({ name: 'organization', description: 'The organization.' }),
    defineAttribute({ name: 'division', description: 'The division.' }),
    defineAttribute({ name: 'department', description: 'The department.' }),
    defineAttribute({
      name: 'manager',
      type: 'complex',
      description: "The person's manager.",
      subAttributes: [
        defineAttribute({ name: 'value', description: 'The id of the manager.', caseExact: true }),
        defineAttribute({
          name: '$ref',
          type: 'reference',
          description: 'The URL of the manager.',
          referenceTypes: ['User'],
        }),
        defineAttribute({
          name: 'displayName',
          description: "The name of the manager, as the manager's own record has it.",
          mutability: 'readOnly',
        }),
      ],
    }),
  ],
};
