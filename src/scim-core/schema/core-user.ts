import { defineAttribute, type AttributeSchema, type ResourceSchema } from './attribute.js';

const display = defineAttribute({
  name: 'display',
  description: 'A name of the value, to be shown to people.',
});

const primary = defineAttribute({
  name: 'primary',
  type: 'boolean',
  description: 'Whether this is the preferred value; at most one is.',
});

/** A list of typed values: the shape that most multi-valued attributes share (RFC 7643 §2.4). */
function valuesOf(
  name: string,
  description: string,
  value: AttributeSchema,
  types: readonly string[] = [],
): AttributeSchema {
  const type = defineAttribute({
    name: 'type',
    description: 'What the value is for.',
    ...(types.length === 0 ? {} : { canonicalValues: types }),
  });
  return defineAttribute({
    name,
    type: 'complex',
    multiValued: true,
    description,
    subAttributes: [value, display, type, primary],
  });
}

const nameParts = [
  defineAttribute({ name: 'formatted', description: 'The full name, as it is to be shown.' }),
  defineAttribute({ name: 'familyName', description: 'The family name, or last name.' }),
  defineAttribute({ name: 'givenName', description: 'The given name, or first name.' }),
  defineAttribute({ name: 'middleName', description: 'The middle names.' }),
  defineAttribute({
    name: 'honorificPrefix',
    description: 'What stands before the name, such as "Dr."',
  }),
  defineAttribute({
    name: 'honorificSuffix',
    description: 'What stands after the name, such as "III".',
  }),
];

const singleValued = [
  defineAttribute({
    name: 'userName',
    description: 'The name by which the person signs in. Unique without regard to case.',
    required: true,
    uniqueness: 'server',
  }),
  defineAttribute({
    name: 'name',
    type: 'complex',
    description: "The parts of the person's real name.",
    subAttributes: nameParts,
  }),
  defineAttribute({ name: 'displayName', description: 'The name to show for the person.' }),
  defineAttribute({ name: 'nickName', description: 'What the person is casually called.' }),
  defineAttribute({
    name: 'profileUrl',
    type: 'reference',
    description: 'The address of a page about the person.',
    referenceTypes: ['external'],
  }),
  defineAttribute({ name: 'title', description: "The person's job title." }),
  defineAttribute({
    name: 'userType',
    description: 'How the person relates to the organization, such as "Contractor" or "Employee".',
  }),
  defineAttribute({
    name: 'preferredLanguage',
    description: 'The languages the person prefers, written as in an Accept-Language header.',
  }),
  defineAttribute({
    name: 'locale',
    description: 'The language tag for the person\'s dates, numbers and currency, such as "en-US".',
  }),
  defineAttribute({
    name: 'timezone',
    description: 'The person\'s time zone, such as "Europe/Vienna".',
  }),
  defineAttribute({
    name: 'active',
    type: 'boolean',
    initialValue: true,
    description: 'Whether the person may sign in.',
  }),
  defineAttribute({
    name: 'password',
    description: 'A new password, in clear text. It is stored as a hash and never returned.',
    caseExact: true,
    mutability: 'writeOnly',
    returned: 'never',
  }),
];

const addresses = defineAttribute({
  name: 'addresses',
  type: 'complex',
  multiValued: true,
  description: 'Postal addresses.',
  subAttributes: [
    defineAttribute({
      name: 'formatted',
      description: 'The whole address, as on an envelope; may hold newlines.',
    }),
    defineAttribute({ name: 'streetAddress', description: 'Street, house number and the like.' }),
    defineAttribute({ name: 'locality', description: 'The city or place.' }),
    defineAttribute({ name: 'region', description: 'The state or region.' }),
    defineAttribute({ name: 'postalCode', description: 'The postal code.' }),
    defineAttribute({ name: 'country', description: 'The country, as two letters of ISO 3166-1.' }),
    defineAttribute({
      name: 'type',
      description: 'What the address is for.',
      canonicalValues: ['work', 'home', 'other'],
    }),
    primary,
  ],
});

/** Computed from the groups' members (RFC 7643 §4.1.2), hence readOnly through and through. */
const groups = defineAttribute({
  name: 'groups',
  type: 'complex',
  multiValued: true,
  description: 'The groups the person belongs to. Changed through the groups, never here.',
  mutability: 'readOnly',
  subAttributes: [
    defineAttribute({
      name: 'value',
      description: 'The id of the group.',
      caseExact: true,
      mutability: 'readOnly',
    }),
    defineAttribute({
      name: '$ref',
      type: 'reference',
      description: 'The URL of the group.',
      mutability: 'readOnly',
      referenceTypes: ['Group'],
    }),
    defineAttribute({
      name: 'display',
      description: 'The name of the group.',
      mutability: 'readOnly',
    }),
    defineAttribute({
      name: 'type',
      description: 'Whether the person is a member itself or by way of another group.',
      mutability: 'readOnly',
      canonicalValues: ['direct', 'indirect'],
    }),
  ],
});

const multiValued = [
  valuesOf(
    'emails',
    'E-mail addresses.',
    defineAttribute({
      name: 'value',
      description:
        'The e-mail address, as it was sent. People may share one, unless the tenant asks for strict addresses.',
    }),
    ['work', 'home', 'other'],
  ),
  valuesOf(
    'phoneNumbers',
    'Telephone numbers.',
    defineAttribute({ name: 'value', description: 'The number, as it was sent.' }),
    ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
  ),
  valuesOf(
    'ims',
    'Instant messaging addresses.',
    defineAttribute({ name: 'value', description: 'The address.' }),
    ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo'],
  ),
  valuesOf(
    'photos',
    'Pictures of the person.',
    defineAttribute({
      name: 'value',
      type: 'reference',
      description: 'The URL of the picture.',
      referenceTypes: ['external'],
    }),
    ['photo', 'thumbnail'],
  ),
  addresses,
  groups,
  valuesOf(
    'entitlements',
    'Things the person is entitled to.',
    defineAttribute({ name: 'value', description: 'The entitlement.' }),
  ),
  valuesOf(
    'roles',
    'Roles of the person, such as "Student" or "Faculty".',
    defineAttribute({ name: 'value', description: 'The role.' }),
  ),
  valuesOf(
    'x509Certificates',
    'Certificates issued to the person.',
    defineAttribute({
      name: 'value',
      type: 'binary',
      description: 'The certificate in DER, in base64.',
    }),
  ),
];

/** RFC 7643 §4.1 and §8.7.1. */
export const coreUserSchema: ResourceSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [...singleValued, ...multiValued],
};
