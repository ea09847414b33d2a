import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import type { ResourceType } from '../schema/attribute.js';
import { defineAttribute } from '../schema/attribute.js';
import { groupResourceType, userResourceType } from '../schema/resource-types.js';
import { bindFilter } from './bind-filter.js';
import { matches } from './matches.js';
import { parseFilter } from './parse-filter.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const custom = 'urn:example:custom:2.0';

const resourceType: ResourceType = {
  ...userResourceType,
  extensions: [
    ...userResourceType.extensions,
    {
      required: false,
      schema: {
        id: custom,
        name: 'Custom',
        description: '',
        attributes: [
          defineAttribute({ name: 'level', type: 'integer', description: '' }),
          defineAttribute({ name: 'rate', type: 'decimal', description: '' }),
        ],
      },
    },
  ],
};

const ada: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  id: 'Abc-1',
  externalId: 'EXT1',
  userName: 'Ada@Example.com',
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  displayName: 'app-test 100%_\\',
  title: '\u{1F600}',
  active: true,
  emails: [
    { type: 'work', value: 'ada@work.test', primary: true },
    { type: 'home', value: 'ada@x.org' },
  ],
  x509Certificates: [{ value: 'QUJD' }],
  groups: [{ value: 'g1', display: 'Staff' }],
  meta: {
    resourceType: 'User',
    created: '2024-05-01T10:00:00.500Z',
    lastModified: '2024-05-02T10:00:00Z',
  },
  [enterprise]: { department: 'Sales', manager: { value: 'm1' } },
  [custom]: { level: 7, rate: 1.5 },
};

const isMatch = (text: string): boolean =>
  matches(bindFilter(parseFilter(text), resourceType), ada);

describe('bindFilter and matches', () => {
  it.each([
    ['F1', 'userName co "EXAMPLE"', true],
    ['F1', 'userName sw "ada@"', true],
    ['F1', 'userName ew ".COM"', true],
    ['F1', 'userName ew "ada"', false],
    ['F2', 'USERNAME eq "ada@example.com"', true],
    ['F3', 'id eq "abc-1"', false],
    ['F3', 'id eq "Abc-1"', true],
    ['F3', 'externalId eq "ext1"', false],
    ['F3', 'emails.value eq "ADA@X.ORG"', true],
    ['F4', 'displayName eq "app"', false],
    ['F4', 'displayName eq "app*"', false],
    ['F4', 'displayName co "100%_\\\\"', true],
    ['F4', 'displayName co "app_test"', false],
    ['F5', 'name pr', true],
    ['F5', 'nickName pr', false],
    ['F5', 'emails pr', true],
    ['F5', 'phoneNumbers pr', false],
    ['F5', 'emails.display pr', false],
    ['F6', 'active eq true', true],
    ['F6', 'active eq "True"', true],
    ['F6', 'active eq "False"', false],
    ['F6', 'active ne false', true],
    ['F7', 'meta.created gt "2024-05-01T10:00:00.499Z"', true],
    ['F7', 'meta.created eq "2024-05-01T12:00:00.5+02:00"', true],
    ['F7', 'meta.created eq "2024-05-01T12:00:00.5+0200"', true],
    ['F7', 'meta.created lt "2024-05-01T10:00:00.5001Z"', true],
    ['F7', 'meta.created ge "2024-05-01T10:00:00.5001Z"', false],
    ['F7', 'meta.created le "2024-05-01T10:00:00.500Z"', true],
    ['F8', 'userName gt "ad"', true],
    ['F8', 'userName lt "adb"', true],
    ['F8', 'title gt "\uFF5E"', true],
    ['F8', `${custom}:level gt 6.5`, true],
    ['F8', `${custom}:level lt 10`, true],
    ['F8', `${custom}:rate le 1.5`, true],
    ['F9', 'nickName ne "x"', true],
    ['F9', 'userName ne "ada@example.com"', false],
    ['F9', 'emails.value ne "ada@x.org"', false],
    ['F9', 'emails.value ne "nobody@x.org"', true],
    ['F10', 'emails.type eq "home"', true],
    ['F11', 'emails co "x.org"', true],
    ['F12', 'name.familyName eq "lovelace"', true],
    ['F13', 'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada"', true],
    ['F13', `${enterprise}:department eq "sales"`, true],
    ['F13', `${enterprise.toUpperCase()}:manager.value eq "m1"`, true],
    ['F13', `${enterprise}:manager eq "m1"`, true],
    ['F14', 'nickName pr and title pr or active eq true', true],
    ['F14', 'nickName pr and (title pr or active eq true)', false],
    ['F14', 'not (nickName pr) and active eq true', true],
    ['F17', 'emails[type eq "work" and value co "@x"]', false],
    ['F17', 'emails.type eq "work" and emails.value co "@x"', true],
    ['F17', 'emails[type eq "home" and value co "@x"]', true],
    ['F18', 'emails[not (type eq "home") and (value sw "ada" or primary eq true)]', true],
    ['F20', 'displayName eq "x\\" or userName pr or \\""', false],
    ['F23', 'nickName eq null', true],
    ['F23', 'userName eq null', false],
    ['F23', 'userName ne null', true],
    ['F28', 'meta.lastModified gt "2024-05-01T00:00:00Z"', true],
    ['F30', 'emails[type eq "work"].value eq "ada@work.test"', true],
    ['F30', 'emails[type eq "work"].value eq "ada@x.org"', false],
    ['F30', 'emails[type eq "work"].value ne "ada@x.org"', true],
    ['F31', 'schemas eq "urn:ietf:params:scim:schemas:CORE:2.0:user"', true],
    ['F31', 'meta.resourceType eq "User"', true],
    ['Entra', 'groups eq "g1"', true],
    ['binary', 'x509Certificates.value eq "QUJD"', true],
    ['value path on a single value', 'name[givenName eq "ada"]', true],
    ['K folded', 'name.givenName eq "\uFF21da"', true],
  ])('%s evaluates %j to %j', (_id, text, expected) => {
    expect(isMatch(text)).toBe(expected);
  });

  it.each([
    ['F6', 'active gt true'],
    ['F6', 'active co "tr"'],
    ['F6', 'active eq "yes"'],
    ['F6', 'active eq 1'],
    ['F6', 'x509Certificates.value gt "a"'],
    ['F6', 'userName eq true'],
    ['F7', 'meta.created gt "yesterday"'],
    ['F7', 'meta.created gt "2024-02-30T00:00:00Z"'],
    ['F7', 'meta.created co "2024"'],
    ['F7', 'meta.created gt 5'],
    ['F8', `${custom}:level eq "7"`],
    ['F23', 'userName gt null'],
    ['F25', 'shoeSize eq "44"'],
    ['F25', 'name.shoeSize eq "44"'],
    ['F25', 'emails[shoeSize eq "44"]'],
    ['F25', 'emails[emails.type eq "work"]'],
    ['F25', 'urn:example:other:2.0:User:userName pr'],
    ['F25', 'constructor pr'],
    ['F26', 'name eq "x"'],
    ['F26', 'addresses co "x"'],
    ['F26', 'userName[value eq "x"]'],
    ['F27', 'password eq "x"'],
    ['F27', 'password pr'],
    ['F27', 'password sw "a" or userName pr'],
    ['S1', 'externalId eq 1'],
  ])('%s refuses %j with invalidFilter', (_id, text) => {
    expect(() => isMatch(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });

  it('binds names to the schema and values to the form in which they are compared', () => {
    const bound = bindFilter(parseFilter('EMAILS[TYPE eq "Work"]'), userResourceType);

    expect(bound).toMatchObject({
      kind: 'valuePath',
      ref: { path: 'emails' },
      filter: {
        kind: 'compare',
        ref: { path: 'emails.type' },
        operator: 'eq',
        value: 'work',
        literal: 'Work',
      },
    });
  });

  it.each([
    ['members eq "U1"', 'members.value'],
    ['urn:ietf:params:scim:schemas:core:2.0:group:DISPLAYNAME eq "x"', 'displayName'],
  ])('binds %j to %s', (text, path) => {
    expect(bindFilter(parseFilter(text), groupResourceType)).toMatchObject({
      kind: 'compare',
      ref: { path },
    });
  });
});
