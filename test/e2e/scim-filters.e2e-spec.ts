import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aSearch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  listPath,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const ann = aUser({
  userName: 'Ann.Lee@corp.test',
  externalId: 'Ext-A',
  displayName: 'Ann Lee',
  name: { givenName: 'Ann', familyName: 'Lee' },
  title: 'CTO',
  emails: [
    { value: 'Ann@corp.test', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'home' },
  ],
  [enterpriseUrn]: { department: 'Sales', employeeNumber: '7', manager: { value: 'Boss-1' } },
});
const bob = aUser({
  userName: 'bob',
  externalId: 'ext-a',
  displayName: 'app-test',
  active: false,
  nickName: 'a and b] or "c"',
  emails: [
    { value: 'bob@home.test', type: 'work' },
    { value: 'bob+x@corp.test', type: 'home', primary: true },
  ],
});
const eve = aUser({
  userName: 'Éve',
  displayName: 'app',
  title: 'cto',
  nickName: 'é😀\n\\',
  phoneNumbers: [{ value: '+1 555', type: 'mobile' }],
});
const wild = aUser({ userName: '%_*\\', displayName: 'a%b_c*d\\e', nickName: "o'hara" });
const zed = aUser({
  userName: 'zed',
  displayName: 'aXbXcXdXe',
  schemas: [userUrn, 'urn:example:2.0:Badge'],
  'urn:example:2.0:Badge': { x: 1 },
});

const [annName, eveName, wildName] = ['Ann.Lee@corp.test', 'Éve', '%_*\\'];
const everybody = [annName, 'bob', eveName, wildName, 'zed'];
const quote = (text: string) => JSON.stringify(text);

/** Rule of the checklist, filter, whom it finds in the order of their creation. */
const filters: readonly [string, string, readonly string[]][] = [
  ['look-up', 'userName eq "ann.LEE@corp.test"', [annName]],
  ['look-up', 'userName eq "ÉVE"', [eveName]],
  ['look-up', 'userName eq "e\u0301ve"', [eveName]],
  ['look-up', 'externalId eq "Ext-A"', [annName]],
  ['look-up', 'emails.value eq "ANN@corp.test"', [annName]],
  ['look-up', 'emails[type eq "work"].value eq "ann@corp.test"', [annName]],
  ['look-up', 'emails[type eq "work"].value eq "bob+x@corp.test"', []],
  ['look-up', 'displayName eq "APP"', [eveName]],
  ['look-up', `${enterpriseUrn}:employeeNumber eq "7"`, [annName]],
  ['look-up', 'phoneNumbers.value eq "+1 555"', [eveName]],
  ['F1 ne', 'displayName ne "app"', [annName, 'bob', wildName, 'zed']],
  ['F1 co', 'displayName co "PP"', ['bob', eveName]],
  ['F1 sw', 'userName sw "ann."', [annName]],
  ['F1 ew', 'userName ew "TEST"', [annName]],
  ['F1 pr', 'title pr', [annName, eveName]],
  ['F1 gt', 'userName gt "bob"', [eveName, 'zed']],
  ['F1 ge', 'userName ge "bob"', ['bob', eveName, 'zed']],
  ['F1 lt', 'userName lt "bob"', [annName, wildName]],
  ['F1 le', 'userName le "bob"', [annName, 'bob', wildName]],
  ['F2', 'NOT (USERNAME Sw "B") AND TITLE Pr Or USERNAME eQ "ZED"', [annName, eveName, 'zed']],
  ['F3 caseExact', 'externalId eq "EXT-A"', []],
  ['F3 caseExact', `${enterpriseUrn}:manager.value eq "boss-1"`, []],
  ['F4 %', 'displayName eq "a%b_c*d\\\\e"', [wildName]],
  ['F4 %', 'displayName co "%"', [wildName]],
  ['F4 _', 'displayName co "b_c"', [wildName]],
  ['F4 *', 'displayName sw "a*"', []],
  ['F4 \\', 'displayName ew "d\\\\e"', [wildName]],
  ['F4 user name', `userName eq ${quote(wildName)}`, [wildName]],
  ['F4 eq is exact', 'displayName eq "a%"', []],
  ['S7 quote', 'nickName eq "o\'hara"', [wildName]],
  ['S7 injection', `userName eq "' or 1=1 --"`, []],
  ['F5 complex', 'name pr', [annName]],
  ['F5 complex', 'emails pr', [annName, 'bob']],
  ['F5 extension', `${enterpriseUrn}:manager pr`, [annName]],
  ['F6', 'active eq false', ['bob']],
  ['F6', 'active eq true and emails.primary eq true', [annName]],
  ['F6', 'active eq "True" and title pr', [annName, eveName]],
  ['F7', 'meta.created gt "2020-01-01T00:00:00Z"', everybody],
  ['F7', 'meta.created lt "2020-01-01T00:00:00+02:00"', []],
  ['F9', 'emails.type ne "work"', [eveName, wildName, 'zed']],
  ['F9', 'not (title eq "CTO")', ['bob', wildName, 'zed']],
  ['F10', 'emails.value sw "bob+"', ['bob']],
  ['F11', 'emails co "home.test"', [annName, 'bob']],
  ['F12', 'name.familyName eq "lee"', [annName]],
  ['F13', `${userUrn}:userName eq "bob"`, ['bob']],
  ['F13', `${userUrn}:name.familyName eq "lee"`, [annName]],
  ['F13', `${enterpriseUrn}:department co "ale"`, [annName]],
  ['F13', `${enterpriseUrn}:manager.value eq "Boss-1"`, [annName]],
  ['F13 any case', `${enterpriseUrn.toUpperCase()}:DEPARTMENT eq "sales"`, [annName]],
  ['F14', 'userName eq "zed" or userName eq "bob" and title pr', ['zed']],
  ['F14', '(userName eq "zed" or userName eq "bob") and active eq true', ['zed']],
  [
    'F14',
    'not (title pr) and userName eq "bob" or title eq "cto" and not (emails pr)',
    ['bob', eveName],
  ],
  ['F17 one entry', 'emails[type eq "work" and value co "@corp"]', [annName]],
  ['F17 two entries', 'emails.type eq "work" and emails.value co "@corp"', [annName, 'bob']],
  ['F17 primary', 'emails[type eq "home" and primary eq true]', ['bob']],
  ['F18', 'emails[(type eq "work" or type eq "home") and not (value co "corp")]', [annName, 'bob']],
  ['F18', 'emails[not (type eq "work") and primary eq true]', ['bob']],
  ['F19', 'nickName eq "\\u00e9\\ud83d\\uDE00\\n\\\\"', [eveName]],
  ['F20', 'nickName eq "a and b] or \\"c\\""', ['bob']],
  ['F23', 'title eq null', ['bob', wildName, 'zed']],
  ['F23', 'title ne NULL and active ne null', [annName, eveName]],
  ['F23', 'emails[type eq "home"].display eq null', everybody],
  ['F28', 'meta.lastModified ge "2020-01-01T00:00:00Z" and active eq false and id pr', ['bob']],
  ['F29 plus', 'emails.value eq "bob+x@corp.test"', ['bob']],
  ['F30', 'emails[type eq "home"].value co "corp" and active eq false', ['bob']],
  ['F31', `schemas eq "${enterpriseUrn}"`, [annName]],
  ['F31', 'schemas eq "urn:example:2.0:Badge"', ['zed']],
  ['F31', 'schemas eq "urn:example:2.0:Badge\u0027 or 1=1"', []],
  ['F31', 'meta.resourceType eq "Group"', []],
  ['F31', 'meta.resourceType eq "User" and userName sw "z"', ['zed']],
  ['S19', 'userName eq "00000000-0000-4000-8000-000000000000"', []],
];

const refused: readonly [string, string][] = [
  ['F15', 'not userName pr'],
  ['F19', 'userName eq "\\x"'],
  ['F19', 'userName eq "\\u00g0"'],
  ['F21', 'userName eq 001'],
  ['F21', 'userName eq .5'],
  ['F21', 'userName eq 12e'],
  ['F22', 'userName eq bob'],
  ['F24', ''],
  ['F24', ' '],
  ['F24', 'userName'],
  ['F24', 'userName eq'],
  ['F24', 'userName eq "a'],
  ['F24', '(userName pr'],
  ['F24', 'userName pr)'],
  ['F24', 'emails[type eq "work"'],
  ['F24', 'userName like "a"'],
  ['F24', 'userName pr and'],
  ['F24', 'userName pr userName pr'],
  ['F24', "userName eq 'bob'"],
  ['F25', 'shoeSize eq 42'],
  ['F25', 'name.shoeSize eq "1"'],
  ['F25', 'urn:example:nothing:userName eq "bob"'],
  ['F25', '__proto__ pr'],
  ['F25', 'name.__proto__ pr'],
  ['F25', 'constructor eq "x"'],
  ['F6', 'active gt true'],
  ['F6', 'active eq "yes"'],
  ['F26', 'name eq "x"'],
  ['F26', 'externalId eq 1'],
  ['F26', 'meta.created eq "yesterday"'],
  ['F26', 'meta.created co "2020-01-01T00:00:00Z"'],
  ['F26', 'userName gt null'],
  ['F27', 'password pr'],
  ['F27', 'password sw "a"'],
  ['F27', `not (${userUrn}:password eq "a")`],
  ['S7 NUL', 'userName eq "a\\u0000"'],
  ['S7 half a pair', 'userName eq "\\ud800"'],
  ['S6 depth', `${'('.repeat(21)}userName pr${')'.repeat(21)}`],
  ['S6 depth of not', `${'not ('.repeat(21)}userName pr${')'.repeat(21)}`],
  ['S6 comparisons', Array.from({ length: 65 }, () => 'userName pr').join(' or ')],
  ['S6 length', `userName eq "${'x'.repeat(5 * 1024)}"`],
];

describe.each(databases)('SCIM filters on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let users: ScimBody[];

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    users = [];
    for (const user of [ann, bob, eve, wild, zed]) users.push(await create(client, 'Users', user));
  });
  afterAll(() => app.close());

  it.each(filters)('%s: %s', async (_rule, filter, names) => {
    const byGet = await client.scim('GET', listPath('Users', { filter }));
    const byPost = await client.scim('POST', '/Users/.search', aSearch({ filter }));

    expect(byGet).toMatchObject({
      status: 200,
      body: { totalResults: names.length, startIndex: 1, itemsPerPage: names.length },
    });
    expect(byGet.body.Resources.map(({ userName }: { userName: string }) => userName)).toEqual(
      names,
    );
    expect(byPost.body).toEqual(byGet.body);
  });

  it.each(refused)('%s refuses %.60j', async (_rule, filter) => {
    expectScimError(await client.scim('GET', listPath('Users', { filter })), 400, 'invalidFilter');
    expectScimError(
      await client.scim('POST', '/Users/.search', aSearch({ filter })),
      400,
      'invalidFilter',
    );
  });

  it('F16 takes what is just within the limits', async () => {
    const deep = `${'('.repeat(20)}userName eq "zed"${')'.repeat(20)}`;
    const wide = Array.from({ length: 64 }, (_, n) => `userName eq "${n === 63 ? 'zed' : n}"`).join(
      ' or ',
    );
    const long = `userName eq "${'x'.repeat(4000)}" or userName eq "zed"`;

    for (const filter of [deep, wide, long])
      expect(await found(client, 'Users', filter)).toEqual(['zed']);
  });

  it('F3 F28 finds by id, case and all', async () => {
    const id = String(users[1].id);

    expect(await found(client, 'Users', `id eq "${id}"`)).toEqual(['bob']);
    expect(await found(client, 'Users', `id eq "${id.toUpperCase()}"`)).toEqual(
      id === id.toUpperCase() ? ['bob'] : [],
    );
    expect(await found(client, 'Users', `id eq "${id.slice(1)}" or id eq "1" or id eq ""`)).toEqual(
      [],
    );
  });

  it('F7 compares instants, whatever their zone and fraction', async () => {
    const { created } = users[2].meta;
    const inVienna = new Date(Date.parse(created) + 3_600_000).toISOString().replace('Z', '+01:00');
    const aBitLater = created.replace('Z', '0001Z');

    expect(await found(client, 'Users', `meta.created eq "${inVienna}"`)).toContain('Éve');
    expect(
      await found(
        client,
        'Users',
        `meta.created ge "${inVienna}" and meta.created le "${created}"`,
      ),
    ).toContain('Éve');
    expect(await found(client, 'Users', `meta.created ge "${aBitLater}"`)).not.toContain('Éve');
    expect(await found(client, 'Users', `meta.created lt "${aBitLater}"`)).toContain('Éve');
  });

  it('F29 takes + and %20 for a space, and %2B for a plus sign', async () => {
    const spaces = await client.scim(
      'GET',
      '/Users?filter=userName+eq%20%22bob%22+and+active%20eq+false',
    );
    const plus = await client.scim('GET', '/Users?filter=phoneNumbers.value+eq+%22%2B1+555%22');

    expect([spaces.body.totalResults, plus.body.totalResults]).toEqual([1, 1]);
  });

  it('F27 does not tell a password by its answer', async () => {
    await create(client, 'Users', aUser({ userName: 'secretive', password: 'hunter2' }));

    for (const operator of ['eq "hunter2"', 'eq "wrong"', 'pr', 'sw "h"']) {
      const answer = await client.scim(
        'GET',
        listPath('Users', { filter: `password ${operator}` }),
      );
      expectScimError(answer, 400, 'invalidFilter');
    }
    const sorted = await client.scim('GET', '/Users?sortBy=password&attributes=password,userName');
    expectScimError(sorted, 400, 'invalidValue');
    expect(sorted.text).not.toMatch(/hunter2|"password"/);
  });

  it('S7 matches long text literally', async () => {
    const long = 'é%'.repeat(8_000);
    await create(
      client,
      'Users',
      aUser({ userName: 'long', nickName: `${long}x`, displayName: long }),
    );

    expect(await found(client, 'Users', `nickName sw "${'é%'.repeat(500)}"`)).toEqual(['long']);
    expect(await found(client, 'Users', `nickName ew "${'é%'.repeat(500)}x"`)).toEqual(['long']);
    expect(await found(client, 'Users', `displayName co "${'%é'.repeat(500)}"`)).toEqual(['long']);
    expect(await found(client, 'Users', `nickName co "${'éé'.repeat(100)}"`)).toEqual([]);
  });
});
