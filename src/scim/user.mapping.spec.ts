import { describe, expect, it } from '@jest/globals';
import type { User } from '../directory/user.js';
import { readResource } from '../scim-core/resource/read-resource.js';
import { userResourceType } from '../scim-core/schema/resource-types.js';
import {
  toUserDraft,
  toUserResource,
  toWritableResource,
  withoutOwnReference,
} from './user.mapping.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const unknown = 'urn:example:params:scim:schemas:badge:1.0:User';
const everyAttribute = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise, unknown],
  externalId: '00u1',
  userName: 'Ann.Lee@corp.test',
  displayName: 'Ann Lee',
  nickName: 'ann',
  profileUrl: 'https://corp.test/ann',
  title: 'CTO',
  userType: 'Employee',
  preferredLanguage: 'en-US',
  locale: 'en-US',
  timezone: 'America/Denver',
  active: true,
  name: {
    formatted: 'Dr Ann Lee',
    givenName: 'Ann',
    familyName: 'Lee',
    middleName: 'B',
    honorificPrefix: 'Dr',
    honorificSuffix: 'II',
  },
  emails: [
    { value: 'ann@corp.test', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'home', display: 'home' },
  ],
  phoneNumbers: [{ value: '+1 (303) 555-1212', type: 'mobile' }],
  ims: [{ value: 'ann', type: 'xmpp' }],
  photos: [{ value: 'https://corp.test/ann.png', type: 'photo' }],
  addresses: [
    {
      type: 'work',
      streetAddress: '1 Main St',
      locality: 'Denver',
      region: 'CO',
      postalCode: '80202',
      country: 'US',
      formatted: '1 Main St\nDenver',
    },
  ],
  entitlements: [{ value: 'e1' }],
  roles: [{ value: '{"id":"1","value":"Admin"}', primary: false }],
  x509Certificates: [{ value: 'MIIB' }],
  [enterprise]: {
    employeeNumber: '77',
    costCenter: 'c',
    organization: 'o',
    division: 'd',
    department: 'dep',
    manager: { value: 'somebody' },
  },
  [unknown]: { number: 12, nested: { list: [1, 'x', null] } },
};

function aUser(resource: object): User {
  const draft = toUserDraft(readResource(resource, userResourceType), undefined, undefined);
  return {
    pk: 1,
    id: '4b1bbf3e-1c1f-4b9f-9df8-6d9c2f0a6f60',
    tenantId: 't',
    isActive: draft.isActive,
    deactivatedBy: undefined,
    version: 1,
    membershipVersion: 0,
    created: 0,
    changed: 1,
    createdByClient: undefined,
    changedByClient: undefined,
    externalIds: {},
    externalId: draft.externalId,
    profile: draft.profile,
    data: {},
  };
}

const surroundings = {
  groups: [],
  names: new Map<string, string>(),
  baseUrl: 'https://x/v2',
  door: userResourceType,
};

describe('the mapping of users', () => {
  it('goes there and back without losing anything', () => {
    const user = aUser(everyAttribute);

    expect(toWritableResource(user)).toEqual({ ...everyAttribute, id: user.id });
    expect(toUserResource(user, surroundings)).toEqual({
      ...everyAttribute,
      id: user.id,
      meta: {
        resourceType: 'User',
        created: '1970-01-01T00:00:00.000Z',
        lastModified: '1970-01-01T00:00:00.001Z',
        location: `https://x/v2/Users/${user.id}`,
        version: 'W/"1.0"',
      },
    });
  });

  it('never keeps the password', () => {
    const user = aUser({ ...everyAttribute, password: 'x7Kq!d0m' });

    expect(JSON.stringify(user)).not.toContain('x7Kq!d0m');
  });

  it('U8 reads back its own answer as no change', () => {
    const user = aUser(everyAttribute);
    const shown = toUserResource(user, {
      ...surroundings,
      groups: [{ id: 'g', name: 'Sales', isDirect: true }],
    });

    const draft = toUserDraft(readResource(shown, userResourceType), user, undefined);

    expect(draft.profile).toEqual(user.profile);
  });

  it('U9 leaves active as it is when nothing is said of it', () => {
    const { active: _, ...silent } = everyAttribute;
    const locked = { ...aUser(everyAttribute), isActive: false };

    expect(toUserDraft(readResource(silent, userResourceType), locked, undefined).isActive).toBe(
      false,
    );
    expect(toUserDraft(readResource(silent, userResourceType), undefined, undefined).isActive).toBe(
      true,
    );
  });

  it('E7 names a manager only when it is somebody of the tenant', () => {
    const user = aUser(everyAttribute);
    const known = { ...surroundings, names: new Map([['somebody', 'Bo Boss']]) };

    expect(toUserResource(user, known)).toMatchObject({
      [enterprise]: {
        manager: { value: 'somebody', displayName: 'Bo Boss', $ref: 'https://x/v2/Users/somebody' },
      },
    });
    expect(toUserResource(user, surroundings)).toMatchObject({
      [enterprise]: { manager: { value: 'somebody' } },
    });
  });

  it('E7 does not take its own reference to a manager for the client’s', () => {
    const named = ($ref: string) => ({
      ...everyAttribute,
      [enterprise]: { manager: { value: 'somebody', $ref } },
    });

    expect(withoutOwnReference(named('https://x/v2/Users/somebody'), 'https://x/v2')).toMatchObject(
      {
        [enterprise]: { manager: { value: 'somebody' } },
      },
    );
    expect(
      withoutOwnReference(named('https://x/v2/Users/somebody'), 'https://x/v2'),
    ).not.toHaveProperty([enterprise, 'manager', '$ref']);
    expect(withoutOwnReference(named('../Users/somebody'), 'https://x/v2')).toEqual(
      named('../Users/somebody'),
    );
  });

  it('E6 shows groups with the way to them', () => {
    const groups = [
      { id: 'g1', name: 'Sales', isDirect: true },
      { id: 'g2', name: 'All', isDirect: false },
    ];

    expect(toUserResource(aUser(everyAttribute), { ...surroundings, groups })).toMatchObject({
      groups: [
        { value: 'g1', $ref: 'https://x/v2/Groups/g1', display: 'Sales', type: 'direct' },
        { value: 'g2', type: 'indirect' },
      ],
    });
  });
});
