import fc from 'fast-check';
import { awkwardStrings, isStorable } from './awkward-strings.js';

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const foreignUrn = 'urn:example:custom:2.0:Thing';

/** Few, so that operations meet what others left. */
export const word = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'A', 'b', 'É', 'e\u0301', 'work', 'home') },
  { weight: 1, arbitrary: fc.constantFrom(...awkwardStrings.filter(({ length }) => length < 40)) },
);
/** One that can be stored. */
export const plainWord = word.filter(isStorable);
/** The names of attributes and parts that resources have and operations change. */
export const listNames = ['emails', 'phoneNumbers', 'photos', 'roles', 'x509Certificates'];
export const valueParts = ['value', 'display', 'type', 'primary'];
export const addressParts = ['streetAddress', 'locality', 'type', 'primary'];
export const nameParts = ['givenName', 'familyName', 'formatted'];
export const userTexts = [
  'userName',
  'displayName',
  'title',
  'profileUrl',
  'externalId',
  'password',
];
export const enterpriseTexts = ['department', 'employeeNumber'];
export const managerParts = ['value', '$ref', 'displayName'];
export const memberParts = ['value', '$ref', 'display', 'type'];

/** Without a value for what is left out; lists without equal entries, as the product stores them. */
function shaped(parts: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const members = parts.map(
    (part) => [part, part === 'primary' ? fc.constant(false) : plainWord] as const,
  );
  return fc
    .record(Object.fromEntries(members), { requiredKeys: [] })
    .filter((entry) => Object.keys(entry).length > 0);
}

function entries(parts: readonly string[]): fc.Arbitrary<Record<string, unknown>[]> {
  return fc
    .tuple(
      fc.uniqueArray(shaped(parts), {
        minLength: 1,
        maxLength: 3,
        selector: (entry) => JSON.stringify(Object.entries(entry).sort()),
      }),
      fc.nat(4),
    )
    .map(([list, chosen]) =>
      list.map((entry, index) =>
        index === chosen && parts.includes('primary') ? { ...entry, primary: true } : entry,
      ),
    );
}

const foreignBlock = fc
  .record(
    {
      a: plainWord,
      list: fc.uniqueArray(plainWord, { minLength: 1, maxLength: 2 }),
      b: fc.record({ c: plainWord }),
    },
    { requiredKeys: [] },
  )
  .filter((block) => Object.keys(block).length > 0);

/** A person as it is stored, and shown to a PATCH. */
export const userResource = fc
  .record(
    {
      userName: plainWord,
      ...Object.fromEntries(
        ['displayName', 'title', 'externalId'].map((name) => [name, plainWord]),
      ),
      active: fc.boolean(),
      name: shaped(nameParts),
      ...Object.fromEntries(listNames.map((name) => [name, entries(valueParts)])),
      addresses: entries(addressParts),
      groups: entries(['value', 'display']),
      [enterpriseUrn]: fc
        .record({ department: plainWord, manager: shaped(managerParts) }, { requiredKeys: [] })
        .filter((block) => Object.keys(block).length > 0),
      [foreignUrn]: foreignBlock,
      [`${foreignUrn}:Sub`]: foreignBlock,
    },
    { requiredKeys: ['userName'] },
  )
  .map((resource) => withSchemas(userUrn, resource));

/** A group as it is stored, and shown to a PATCH. */
export const groupResource = fc
  .record(
    {
      displayName: plainWord,
      externalId: plainWord,
      members: entries(memberParts),
      [foreignUrn]: foreignBlock,
      [`${foreignUrn}:Sub`]: foreignBlock,
    },
    { requiredKeys: ['displayName'] },
  )
  .map((resource) => withSchemas(groupUrn, resource));

function withSchemas(urn: string, resource: object): Record<string, unknown> {
  const blocks = Object.keys(resource).filter((name) => name.includes(':'));
  const meta = {
    resourceType: urn === userUrn ? 'User' : 'Group',
    created: '2026-01-01T00:00:00Z',
  };
  return { schemas: [urn, ...blocks], id: '1', ...resource, meta };
}
