import { beforeAll, expect } from '@jest/globals';
import {
  aGroup,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  groupUrn,
  listPath,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';
const certificate = 'MIIBAAECAwQF';

const ann = {
  userName: 'Ann.Lee@corp.test',
  externalId: 'Ext-A',
  displayName: 'App',
  name: { givenName: 'Ann', familyName: 'Lee' },
  title: 'CTO',
  emails: [
    { value: 'Ann@corp.test', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'home' },
  ],
  x509Certificates: [{ value: certificate }],
  [enterpriseUrn]: { department: 'Sales', employeeNumber: '7', manager: { value: 'Boss-1' } },
};
const bob = {
  userName: 'bob',
  externalId: 'ext-a',
  displayName: 'app-test',
  active: false,
  nickName: 'a and b] or (not "c")',
  emails: [
    { value: 'bob@home.test', type: 'work' },
    { value: 'bob+x@corp.test', type: 'home', primary: true },
  ],
};
const eve = { userName: 'Éve', title: 'cto', nickName: 'é😀\n\t"\\/' };
const wild = { userName: 'w%_*d', displayName: 'a%b_c*d' };
const zed = { userName: 'zed', displayName: 'aXbXcXd', [badgeUrn]: { number: 7 } };

const people = [ann, bob, eve, wild, zed];
const everybody = people.map(({ userName }) => userName);
const [A, B, E, W, Z] = ['Ann.Lee@corp.test', 'bob', 'Éve', 'w%_*d', 'zed'] as const;

type Case = readonly [filter: string, userNames: readonly string[]];

chapter('filters', (server) => {
  let own: TestScimConnection;
  let users: ScimBody[];

  beforeAll(async () => {
    own = await aScimConnection(server.app);
    users = [];
    for (const user of people) users.push(await create(own, 'Users', aUser(user)));
  });

  async function finds(...cases: readonly Case[]): Promise<void> {
    for (const [filter, userNames] of cases) {
      expect([filter, await found(own, 'Users', filter)]).toEqual([filter, userNames]);
    }
  }

  async function refuses(...filters: readonly string[]): Promise<void> {
    for (const filter of filters) {
      const answer = await own.scim('GET', listPath('Users', { filter }));
      expect([filter, answer.status]).toEqual([filter, 400]);
      expectScimError(answer, 400, 'invalidFilter');
    }
  }

  sentence('F1', () =>
    finds(
      ['userName eq "bob"', [B]],
      ['displayName ne "app"', [B, E, W, Z]],
      ['userName co "ee@c"', [A]],
      ['userName sw "ann."', [A]],
      ['userName ew ".test"', [A]],
      ['title pr', [A, E]],
      ['userName gt "bob"', [E, W, Z]],
      ['userName ge "bob"', [B, E, W, Z]],
      ['userName lt "bob"', [A]],
      ['userName le "bob"', [A, B]],
    ),
  );

  sentence('F2', () =>
    finds(
      ['USERNAME EQ "bob"', [B]],
      ['username Sw "b" Or UserName eW "ed"', [B, Z]],
      ['NOT (userName sw "b") AND title PR', [A, E]],
      ['Emails[TYPE eQ "work" aNd Primary EQ TRUE]', [A]],
    ),
  );

  sentence('F3', async () => {
    await finds(
      ['userName eq "ANN.LEE@CORP.TEST"', [A]],
      ['userName eq "éVE"', [E]],
      ['displayName eq "APP"', [A]],
      ['emails.value eq "ANN@CORP.TEST"', [A]],
      ['title sw "CT"', [A, E]],
      ['externalId eq "Ext-A"', [A]],
      ['externalId eq "EXT-A"', []],
      ['externalId co "xt-A"', [A]],
      [`${enterpriseUrn}:manager.value eq "Boss-1"`, [A]],
      [`${enterpriseUrn}:manager.value eq "boss-1"`, []],
    );
    const { id } = users[0];
    await finds([`id eq "${id}"`, [A]]);
    if (id !== id.toUpperCase()) await finds([`id eq "${id.toUpperCase()}"`, []]);
  });

  sentence('F4', () =>
    finds(
      ['displayName eq "app"', [A]],
      ['displayName eq "app%"', []],
      ['displayName eq "app*"', []],
      ['displayName eq "a_b_c_d"', []],
      ['displayName eq "a%b_c*d"', [W]],
      ['displayName co "%"', [W]],
      ['displayName co "b_c"', [W]],
      ['displayName sw "a*"', []],
      ['displayName ew "*d"', [W]],
      ['userName eq "w%_*d"', [W]],
      ['userName sw "w%"', [W]],
    ),
  );

  sentence('F5', async () => {
    await finds(
      ['title pr', [A, E]],
      ['name pr', [A]],
      ['emails pr', [A, B]],
      ['emails.primary pr', [A, B]],
      [`${enterpriseUrn}:manager pr`, [A]],
      ['addresses pr', []],
      ['active pr', everybody],
    );
    const hollow = await aScimConnection(server.app);
    await create(hollow, 'Users', aUser({ title: '', name: { givenName: '' }, emails: [] }));
    for (const filter of ['title pr', 'name pr', 'emails pr']) {
      expect(await found(hollow, 'Users', filter)).toEqual([]);
    }
  });

  sentence('F6', async () => {
    await finds(
      ['active eq true', [A, E, W, Z]],
      ['active eq false', [B]],
      ['active ne true', [B]],
      ['active eq "False"', [B]],
      ['emails[type eq "home" and primary eq true]', [B]],
      [`x509Certificates.value eq "${certificate}"`, [A]],
    );
    for (const operator of ['gt', 'ge', 'lt', 'le']) {
      await refuses(
        `active ${operator} true`,
        `emails.primary ${operator} false`,
        `x509Certificates.value ${operator} "${certificate}"`,
      );
    }
    await refuses('active eq "yes"', 'active eq 1');
  });

  sentence('F7', async () => {
    const { created } = users[2].meta;
    const at = Date.parse(created);
    const inVienna = new Date(at + 3_600_000).toISOString().replace('Z', '+01:00');
    const inDenver = new Date(at - 25_200_000).toISOString().replace('Z', '-07:00');
    const before = users.filter(({ meta }) => Date.parse(meta.created) < at);
    const until = users.filter(({ meta }) => Date.parse(meta.created) <= at);
    const since = users.filter(({ meta }) => Date.parse(meta.created) >= at);
    const after = users.filter(({ meta }) => Date.parse(meta.created) > at);
    const names = (some: readonly ScimBody[]) => some.map(({ userName }) => userName);

    for (const instant of [created, inVienna, inDenver, created.replace('Z', '000Z')]) {
      await finds(
        [`meta.created lt "${instant}"`, names(before)],
        [`meta.created le "${instant}"`, names(until)],
        [`meta.created ge "${instant}"`, names(since)],
        [`meta.created gt "${instant}"`, names(after)],
      );
    }
    const aBitLater = created.replace('Z', '0001Z');
    await finds(
      [`meta.created lt "${aBitLater}"`, names(until)],
      [`meta.created ge "${aBitLater}"`, names(after)],
      ['meta.lastModified gt "2020-01-01T00:00:00+14:00"', everybody],
      ['meta.created lt "2020-01-01T00:00:00Z"', []],
    );
    await refuses('meta.created gt "yesterday"', 'meta.created gt "2020-13-01T00:00:00Z"');
  });

  sentence('F8', async () => {
    await finds(
      ['userName gt "a" and userName lt "c"', [A, B]],
      [`${enterpriseUrn}:employeeNumber gt "10"`, [A]],
      ['userName gt "z"', [E, Z]],
      ['userName gt "zed"', [E]],
    );
    const { Resources } = await read(own, '/Schemas');
    expect(JSON.stringify(Resources)).not.toMatch(/"type":"(integer|decimal)"/);
    await refuses('userName gt 1', 'userName eq 1');
  });

  sentence('F9', async () => {
    await finds(
      ['title ne "CTO"', [B, W, Z]],
      ['not (title eq "CTO")', [B, W, Z]],
      ['emails.type ne "work"', [E, W, Z]],
      ['emails.value ne "ann@home.test"', [B, E, W, Z]],
      ['emails[type ne "work"]', [A, B]],
      ['active ne false', [A, E, W, Z]],
    );
    const groups = await aScimConnection(server.app);
    await create(groups, 'Groups', aGroup({ displayName: 'one', externalId: 'e' }));
    await create(groups, 'Groups', aGroup({ displayName: 'two' }));
    expect(await found(groups, 'Groups', 'externalId ne "e"', 'displayName')).toEqual(['two']);
  });

  sentence('F10', () =>
    finds(
      ['emails.value eq "ann@home.test"', [A]],
      ['emails.value eq "ann@corp.test"', [A]],
      ['emails.type eq "home"', [A, B]],
      ['emails.value sw "bob+"', [B]],
    ),
  );

  sentence('F11', () =>
    finds(
      ['emails co "home.test"', [A, B]],
      ['emails eq "bob+x@corp.test"', [B]],
      ['emails sw "ANN@"', [A]],
      ['not (emails co "corp")', [E, W, Z]],
    ),
  );

  sentence('F12', () =>
    finds(
      ['name.familyName eq "lee"', [A]],
      ['emails.value ew "@home.test"', [A, B]],
      ['meta.lastModified pr', everybody],
      ['name.givenName sw "A" and emails.type eq "work"', [A]],
    ),
  );

  sentence('F13', () =>
    finds(
      [`${userUrn}:userName eq "bob"`, [B]],
      [`${userUrn}:name.familyName eq "Lee"`, [A]],
      [`${userUrn}:emails[type eq "home" and value sw "bob"]`, [B]],
      [`${enterpriseUrn}:department eq "sales"`, [A]],
      [`${enterpriseUrn}:manager.value eq "Boss-1"`, [A]],
      [`${enterpriseUrn}:department pr and ${userUrn}:title pr`, [A]],
      [`not (${enterpriseUrn}:department eq "sales")`, [B, E, W, Z]],
    ),
  );

  sentence('F14', () =>
    finds(
      ['userName eq "zed" or userName eq "bob" and title pr', [Z]],
      ['title pr and userName eq "bob" or userName eq "zed"', [Z]],
      ['(userName eq "zed" or userName eq "bob") and active eq true', [Z]],
      ['not (title pr) and active eq true', [W, Z]],
      ['not (title pr and active eq true)', [B, W, Z]],
      ['not (title pr) or userName eq "Éve"', [B, E, W, Z]],
    ),
  );

  sentence('F15', async () => {
    await refuses('not userName pr', 'not userName eq "bob"', 'userName pr and not title pr');
    await finds(['not (userName eq "bob")', [A, E, W, Z]], ['not(title pr)', [B, W, Z]]);
  });

  sentence('F16', async () => {
    const nested = (depth: number, inner: string) =>
      `${'('.repeat(depth)}${inner}${')'.repeat(depth)}`;
    const wide = (many: number) =>
      Array.from({ length: many }, (_, n) => `userName eq "${n === 0 ? 'zed' : n}"`).join(' or ');

    await finds([nested(20, 'userName eq "zed"'), [Z]], [wide(64), [Z]]);
    await refuses(
      nested(21, 'userName pr'),
      `${'not ('.repeat(21)}userName pr${')'.repeat(21)}`,
      '('.repeat(4_000),
      wide(65),
      `emails[${nested(21, 'value pr')}]`,
      `userName eq "${'x'.repeat(5_000)}"`,
    );
  });

  sentence('F17', () =>
    finds(
      ['emails[type eq "work" and value co "@corp"]', [A]],
      ['emails.type eq "work" and emails.value co "@corp"', [A, B]],
      ['emails[type eq "home" and primary eq true]', [B]],
      ['emails[type eq "work"] and emails[value co "@corp"]', [A, B]],
      ['not (emails[type eq "work" and value co "@corp"])', [B, E, W, Z]],
    ),
  );

  sentence('F18', () =>
    finds(
      ['emails[(type eq "work" or type eq "home") and not (value co "corp")]', [A, B]],
      ['emails[not (type eq "work") and primary eq true]', [B]],
      ['emails[type eq "x" or value sw "bob@" and primary pr]', []],
      ['emails[type eq "x" or (value sw "bob@" and not (primary pr))]', [B]],
    ),
  );

  sentence('F19', async () => {
    await finds(
      [String.raw`nickName eq "\u00e9\ud83d\uDE00\n\t\"\\\/"`, [E]],
      [String.raw`nickName sw "é😀\n"`, [E]],
      [String.raw`nickName eq "a\b\f\r"`, []],
    );
    await refuses(
      String.raw`nickName eq "\x"`,
      String.raw`nickName eq "\'"`,
      String.raw`nickName eq "\u00g0"`,
      String.raw`nickName eq "\u00e"`,
      'nickName eq "a\nb"',
    );
  });

  sentence('F20', () =>
    finds(
      [`nickName eq ${JSON.stringify(bob.nickName)}`, [B]],
      ['nickName co "and b] or (not"', [B]],
      ['nickName co " or " or userName eq "zed"', [B, Z]],
      [String.raw`emails[value eq "x] or \"y"]`, []],
    ),
  );

  sentence('F21', () =>
    refuses(
      ...['001', '.5', '12e', '12.4.2', '+1', '1.', '--1', '0x1', '-', 'NaN', 'Infinity'].map(
        (number) => `userName eq ${number}`,
      ),
    ),
  );

  sentence('F22', () =>
    refuses('userName eq bob', 'userName eq Bob.Lee@x.test', "userName eq 'bob'", 'title eq c t o'),
  );

  sentence('F23', async () => {
    await finds(
      ['title eq null', [B, W, Z]],
      ['title ne null', [A, E]],
      ['title eq NULL and emails eq null', [W, Z]],
      [`${enterpriseUrn}:manager eq null`, [B, E, W, Z]],
      ['emails[type eq "home" and display eq null]', [A, B]],
    );
    await refuses('title gt null', 'title co null');
  });

  sentence('F24', () =>
    refuses(
      '',
      ' ',
      'userName',
      'userName eq',
      'eq "bob"',
      'userName eq "a',
      '(userName pr',
      'userName pr)',
      'emails[type eq "work"',
      'emails type eq "work"]',
      'emails[]',
      'userName like "a"',
      'userName pr and',
      'or userName pr',
      'userName pr userName pr',
      'userName eq "a" "b"',
      '()',
      'not ()',
    ),
  );

  sentence('F25', async () => {
    await refuses(
      'shoeSize eq "42"',
      'shoeSize pr',
      'not (shoeSize eq "42")',
      'name.shoeSize eq "1"',
      'emails[shoeSize eq "1"]',
      `${enterpriseUrn}:shoeSize eq "1"`,
      'urn:example:nothing:userName eq "bob"',
      '__proto__ pr',
      'constructor.name pr',
    );
    const answer = await own.scim('GET', listPath('Groups', { filter: 'userName eq "bob"' }));
    expectScimError(answer, 400, 'invalidFilter');
  });

  sentence('F26', () =>
    refuses(
      'name eq "x"',
      'userName xx "bob"',
      'userName regex ".*"',
      'externalId eq 1',
      'meta.created co "2020-01-01T00:00:00Z"',
      'title[value eq "x"]',
      'meta.location co "x"',
      'schemas co "urn"',
      `${enterpriseUrn}:manager.displayName eq "Boss"`,
      `${enterpriseUrn}:manager.$ref pr`,
      'groups.$ref pr',
    ),
  );

  sentence('F27', async () => {
    await create(own, 'Users', aUser({ userName: 'zz', password: 'hunter2' }));
    const told = new Set<string>();
    for (const filter of [
      'password eq "hunter2"',
      'password eq "wrong00"',
      'password pr',
      'password sw "h"',
      'password eq null',
      `not (${userUrn}:password eq "hunter2")`,
      'userName eq "zz" and password sw "h"',
    ]) {
      const answer = await own.scim('GET', listPath('Users', { filter }));
      expectScimError(answer, 400, 'invalidFilter');
      expect(answer.text).not.toContain('hunter2');
      told.add(answer.body.detail);
    }
    expect(told.size).toBe(1);
    expect(await found(own, 'Users', 'userName eq "zz"')).toEqual(['zz']);
    await own.scim('DELETE', `/Users/${(await found(own, 'Users', 'userName eq "zz"', 'id'))[0]}`);
  });

  sentence('F28', async () => {
    await finds(
      [`id eq "${users[1].id}"`, [B]],
      [`id eq "${users[1].id}" or id eq "nobody"`, [B]],
      ['externalId eq "ext-a"', [B]],
      ['externalId pr', [A, B]],
      ['active eq false', [B]],
      [`meta.created ge "${users[0].meta.created}"`, everybody],
      [`meta.lastModified le "${users[4].meta.lastModified}" and active eq false`, [B]],
    );
    const group = await create(own, 'Groups', aGroup({ externalId: 'g28' }));
    for (const filter of [
      `id eq "${group.id}"`,
      'externalId eq "g28"',
      `meta.lastModified ge "${group.meta.lastModified}" and displayName eq "${group.displayName}"`,
    ]) {
      expect(await found(own, 'Groups', filter, 'id')).toEqual([group.id]);
    }
  });

  sentence('F29', async () => {
    for (const [query, userName] of [
      ['userName%20eq%20%22bob%22', B],
      ['userName+eq+%22bob%22', B],
      ['emails.value%20eq%20%22bob%2Bx@corp.test%22', B],
      ['emails.value+eq+%22bob%2Bx%40corp.test%22', B],
      ['userName%20eq%20%22w%25_*d%22', W],
      ['userName%20eq%20%22%C3%89ve%22', E],
    ]) {
      const { Resources } = await read(own, `/Users?filter=${query}`);
      expect(Resources.map((resource: ScimBody) => resource.userName)).toEqual([userName]);
    }
    expect((await read(own, '/Users?filter=emails+eq+%22bob+x@corp.test%22')).totalResults).toBe(0);
  });

  sentence('F30', () =>
    finds(
      ['emails[type eq "work"].value eq "ann@corp.test"', [A]],
      ['emails[type eq "work"].value eq "ann@home.test"', []],
      ['emails[type eq "home"].value co "corp" and active eq false', [B]],
      ['emails[type eq "home"].primary eq true', [B]],
    ),
  );

  sentence('F31', 'at an endpoint', async () => {
    await finds(
      [`schemas eq "${userUrn}"`, everybody],
      [`schemas eq "${enterpriseUrn}"`, [A]],
      [`schemas eq "${enterpriseUrn.toUpperCase()}"`, [A]],
      [`schemas eq "${badgeUrn}"`, [Z]],
      [`schemas eq "${groupUrn}"`, []],
      ['meta.resourceType eq "User"', everybody],
      ['meta.resourceType eq "Group"', []],
      [`meta.resourceType eq "User" and schemas eq "${enterpriseUrn}"`, [A]],
    );
    const group = await create(own, 'Groups', aGroup());
    const filter = `meta.resourceType eq "Group" and displayName eq "${group.displayName}"`;
    expect(await found(own, 'Groups', filter, 'id')).toEqual([group.id]);
  });
});
