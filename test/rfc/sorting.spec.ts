import { beforeAll, expect } from '@jest/globals';
import { compareCodePoints, foldCase } from '../../src/kernel/text.js';
import {
  aGroup,
  aPatch,
  aSearch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  listPath,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, aScimConnectionIn } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const family = ['Zoë', 'anna', 'ÄRGER', 'Bob', 'b😀', 'b\ud7ff', 'BOB', undefined, 'ø', undefined];

const people: readonly object[] = family.map((familyName, n) => ({
  userName: `${n % 2 === 0 ? 'P' : 'p'}${(n * 7) % 10}`,
  active: n % 3 !== 0,
  ...(familyName === undefined ? {} : { name: { familyName } }),
  ...(n % 4 === 1 ? {} : { externalId: `${n % 2 === 0 ? 'X' : 'x'}${9 - n}` }),
  ...(n === 5 ? {} : { emails: emailsOf(n) }),
  ...(n % 3 === 0
    ? { [enterpriseUrn]: { department: `D${n}`, manager: { value: `M${9 - n}` } } }
    : {}),
}));

function emailsOf(n: number): object[] {
  const first = { value: `${'mzc'[n % 3]}${n}@x.test`, type: 'home' };
  const second = { value: `${'yab'[n % 3]}${n}@x.test`, type: 'work', primary: n % 2 === 0 };
  return [first, second];
}

chapter('sorting', (server) => {
  let users: ScimBody[];
  let groups: ScimBody[];

  beforeAll(async () => {
    for (const person of people) await create(server.client, 'Users', aUser(person));
    for (const displayName of ['beta', 'Alpha', 'gamma', 'ALPINE'])
      await create(server.client, 'Groups', aGroup({ displayName }));
    users = (await read(server.client, '/Users')).Resources;
    groups = (await read(server.client, '/Groups')).Resources;
  });

  const sorted = async (query: Readonly<Record<string, string | number>>, endpoint = 'Users') =>
    (await read(server.client, listPath(endpoint, query))).Resources.map(({ id }: ScimBody) => id);

  /** Both directions are as a slow, obvious sort of the whole list has it. */
  async function expectOrder(
    sortBy: string,
    valueOf: (resource: ScimBody) => string | number | undefined,
    endpoint = 'Users',
  ): Promise<void> {
    const all = endpoint === 'Users' ? users : groups;
    for (const sortOrder of ['ascending', 'descending']) {
      const expected = [...all].sort((left, right) => {
        const order = compare(valueOf(left), valueOf(right));
        return sortOrder === 'ascending' ? order : -order;
      });
      expect(await sorted({ sortBy, sortOrder }, endpoint)).toEqual(expected.map(({ id }) => id));
    }
    expect(await sorted({ sortBy }, endpoint)).toEqual(
      await sorted({ sortBy, sortOrder: 'ascending' }, endpoint),
    );
  }

  const primary = ({ emails = [] }: ScimBody) =>
    emails.find((email: ScimBody) => email.primary === true) ?? emails[0];

  sentence('S1', async () => {
    for (const sortBy of [
      'userName',
      'USERNAME',
      `${userUrn}:userName`,
      `${userUrn.toUpperCase()}:username`,
    ])
      await expectOrder(sortBy, ({ userName }) => foldCase(userName));
    for (const sortBy of ['name.familyName', 'Name.FAMILYNAME', `${userUrn}:name.familyName`])
      await expectOrder(sortBy, ({ name }) => folded(name?.familyName));
    await expectOrder(`${enterpriseUrn}:department`, (user) =>
      folded(user[enterpriseUrn]?.department),
    );
    await expectOrder(`${enterpriseUrn}:manager`, (user) => user[enterpriseUrn]?.manager.value);
    await expectOrder('active', ({ active }) => Number(active));
    await expectOrder('meta.created', ({ meta }) => Date.parse(meta.created));
    await expectOrder('meta.lastModified', ({ meta }) => Date.parse(meta.lastModified));
    await expectOrder('id', ({ id }) => id);
    await expectOrder('displayName', ({ displayName }) => foldCase(displayName), 'Groups');
    await expectOrder('meta.lastModified', ({ meta }) => Date.parse(meta.lastModified), 'Groups');
    expect(await sorted({ sortBy: 'id', sortOrder: 'Descending' })).toEqual(
      await sorted({ sortBy: 'id', sortOrder: 'descending' }),
    );
  });

  sentence('S1', 'page by page, with a filter, and posted as well', async () => {
    const query = { sortBy: 'name.familyName', filter: 'active eq true', sortOrder: 'descending' };
    const whole = await sorted(query);
    const pages = [];
    for (let startIndex = 1; startIndex <= whole.length; startIndex += 2)
      pages.push(...(await sorted({ ...query, startIndex, count: 2 })));
    const posted = await server.client.scim('POST', '/Users/.search', aSearch(query));

    expect(whole).toHaveLength(users.filter(({ active }) => active === true).length);
    expect(pages).toEqual(whole);
    expect(posted.body.Resources.map(({ id }: ScimBody) => id)).toEqual(whole);
    expect(posted.body.totalResults).toBe(whole.length);
  });

  sentence('S1', 'another order is refused', async () => {
    for (const query of [{ sortBy: 'userName', sortOrder: 'up' }, { sortOrder: 'x' }])
      expectScimError(
        await server.client.scim('GET', listPath('Users', query)),
        400,
        'invalidValue',
      );
    expect((await server.client.scim('GET', '/Users?sortOrder=descending')).status).toBe(200);
  });

  sentence('S1', 'the filters that an index answers are sorted as well', async () => {
    const first = users[0];
    for (const filter of [
      `externalId eq "${first.externalId}"`,
      `emails.value eq "${first.emails[0].value}" or userName pr`,
      `emails.value eq "${first.emails[1].value}"`,
    ]) {
      for (const sortBy of ['userName', 'externalId', 'name.familyName', 'emails.value'])
        expect(await sorted({ filter, sortBy })).toContain(first.id);
    }
  });

  sentence('S1', 'in one tenant, and by the external ids of the client that asks', async () => {
    const own = ({ externalId }: ScimBody) => externalId;
    await expectOrder('externalId', own);
    const stranger = await aScimConnection(server.app);
    const other = await aScimConnectionIn(server.app, server.client.tenantId, 'Entra');
    const [first] = users;
    await other.scim(
      'PATCH',
      `/Users/${first.id}`,
      aPatch({ op: 'add', path: 'externalId', value: '0' }),
    );

    expect((await read(stranger, '/Users?sortBy=userName')).totalResults).toBe(0);
    expect((await read(other, '/Users?sortBy=externalId')).Resources[0].id).toBe(first.id);
    await expectOrder('externalId', own);
  });

  sentence('S2', async () => {
    await expectOrder('name.familyName', ({ name }) => folded(name?.familyName));
    await expectOrder('externalId', ({ externalId }) => externalId);
  });

  sentence('S3', async () => {
    for (const sortBy of ['emails', 'emails.value', 'EMAILS'])
      await expectOrder(sortBy, (user) => folded(primary(user)?.value));
    await expectOrder('emails.type', (user) => folded(primary(user)?.type));
  });

  sentence('S4', async () => {
    const has = async (query: Readonly<Record<string, string>>) => {
      const { Resources } = await read(server.client, listPath('Users', query));
      return Resources.map(({ name }: ScimBody) => name?.familyName !== undefined);
    };
    const many = family.filter((name) => name !== undefined).length;
    const flags = (isThere: boolean, times: number) => Array.from({ length: times }, () => isThere);

    expect(await has({ sortBy: 'name.familyName' })).toEqual([
      ...flags(true, many),
      ...flags(false, family.length - many),
    ]);
    expect(await has({ sortBy: 'name.familyName', sortOrder: 'descending' })).toEqual([
      ...flags(false, family.length - many),
      ...flags(true, many),
    ]);
  });

  sentence('S5', async () => {
    expect((await read(server.client, '/ServiceProviderConfig')).sort).toEqual({ supported: true });
    for (const [endpoint, sortBy] of [
      ['Users', 'password'],
      ['Users', 'PassWord'],
      ['Users', `${userUrn}:password`],
      ['Users', 'nothing'],
      ['Users', 'name'],
      ['Users', 'addresses'],
      ['Users', 'groups'],
      ['Users', 'groups.display'],
      ['Users', 'meta'],
      ['Users', 'meta.location'],
      ['Users', 'emails[type eq "work"].value'],
      ['Users', 'userName; drop table users'],
      ['Users', '__proto__'],
      ['Users', 'urn:example:custom:2.0:User:level'],
      ['Groups', 'members'],
      ['Groups', 'userName'],
    ] as const) {
      const answer = await server.client.scim('GET', listPath(endpoint, { sortBy }));
      expectScimError(answer, 400, 'invalidValue');
      const [path = ''] = sortBy.split(/[[ ]/);
      const name = path.split(/[^a-z_]/i).at(-1) ?? '';
      expect(answer.body.detail.toLowerCase()).toContain(name.toLowerCase());
    }
  });
});

function folded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : foldCase(text);
}

function compare(left: string | number | undefined, right: string | number | undefined): number {
  if (left === undefined || right === undefined)
    return left === right ? 0 : left === undefined ? 1 : -1;
  if (typeof left === 'string' && typeof right === 'string') return compareCodePoints(left, right);
  return Number(left) - Number(right);
}
