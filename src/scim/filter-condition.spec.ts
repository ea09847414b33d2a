import { describe, expect, it } from '@jest/globals';
import { canSortUsersBy, isUserField, type UserField } from '../directory/user.service.js';
import { userResourceType } from '../scim-core/schema/resource-types.js';
import { type Searchable, toCondition } from './filter-condition.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const people: Searchable<UserField> = {
  type: userResourceType,
  findField: (path) => (isUserField(path) ? path : undefined),
  findElementField: (name) => name,
  extensionField: () => undefined,
  canSortBy: canSortUsersBy,
};

describe('toCondition', () => {
  it('asks one and the same element what stands in brackets', () => {
    expect(toCondition('emails[type eq "Work"]', people)).toEqual({
      kind: 'some',
      field: 'emails',
      condition: { kind: 'compare', field: 'type', operator: 'eq', value: 'work' },
    });
  });

  it.each([
    ['sw "Us"', { kind: 'and', conditions: [] }],
    ['ge "Zoo"', { kind: 'or', conditions: [] }],
  ])('answers meta.resourceType %s without a look: it is the same for all', (rest, expected) => {
    expect(toCondition(`meta.resourceType ${rest}`, people)).toEqual(expected);
  });

  it('finds nothing in a single value that is not there, also with not', () => {
    const inner = { kind: 'compare', field: 'name.givenName', operator: 'eq', value: 'ada' };

    expect(toCondition('name[not (givenName eq "Ada")]', people)).toEqual({
      kind: 'and',
      conditions: [
        { kind: 'present', field: 'name' },
        { kind: 'not', condition: inner },
      ],
    });
  });

  it.each([
    'groups.type eq "direct"',
    'groups[type eq "direct"]',
    'groups[value pr and type eq "direct"]',
    'groups[$ref pr]',
    'meta.location eq "x"',
    'meta.version eq "x"',
    `${enterprise}:manager.displayName eq "Boss"`,
    `${enterprise}:manager[displayName eq "Boss"]`,
    `${enterprise}:manager.$ref pr`,
  ])('refuses %s, which no column and no document tells', (filter) => {
    expect(() => toCondition(filter, people)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });
});
