import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  expectScimError,
  found,
  inLanes,
  listPath,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

describe.each(databases)('SCIM members on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
  });
  beforeEach(async () => {
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const patch = (id: string, ...operations: object[]) =>
    client.scim('PATCH', `/Groups/${id}`, aPatch(...operations));
  const values = (ids: readonly string[]) => ids.map((value) => ({ value }));
  const memberIds = async (id: string): Promise<string[]> =>
    toIds((await read(client, `/Groups/${id}`)).members);
  const groupsOf = async (id: string) =>
    (await read(client, `/Users/${id}?attributes=groups`)).groups ?? [];

  async function people(many: number, connection = client): Promise<string[]> {
    const made = await inLanes(many, () => create(connection, 'Users', aUser()));
    return made.map(({ id }) => id);
  }

  async function groupOf(members: readonly string[], attributes: object = {}): Promise<ScimBody> {
    return create(client, 'Groups', aGroup({ members: values(members), ...attributes }));
  }

  it('M10 M16 rule 3: come and go, by a path, a value list, and all at once', async () => {
    const [a = '', b = '', c = '', d = ''] = await people(4);
    const { id } = await groupOf([a]);
    const step = async (...operations: object[]) => {
      const answer = await patch(id, ...operations);
      expect([answer.status, answer.text]).toEqual([204, '']);
      return memberIds(id);
    };

    expect(await step({ op: 'add', path: 'members', value: values([b, c]) })).toEqual([a, b, c]);
    expect(await step({ op: 'Add', path: 'members', value: { value: d } })).toEqual([a, b, c, d]);
    expect(await step({ op: 'remove', path: `members[value eq "${a}"]` })).toEqual([b, c, d]);
    expect(
      await step({ op: 'Remove', path: 'members', value: [{ $ref: null, value: b }] }),
    ).toEqual([c, d]);
    expect(
      await step(
        { op: 'remove', path: `members[value eq "${c}"]` },
        { op: 'add', path: 'members', value: values([a]) },
      ),
    ).toEqual([d, a]);
    expect(await step({ op: 'replace', path: 'members', value: values([b, a]) })).toEqual([a, b]);
    expect(await step({ op: 'remove', path: 'members', value: [] })).toEqual([a, b]);
    expect(await step({ op: 'add', value: { members: values([c]) } })).toEqual([a, b, c]);
    expect(await step({ op: 'remove', path: 'members[type eq "Group"]' })).toEqual([a, b, c]);
    expect(await step({ op: 'remove', path: 'members' })).toEqual([]);
  });

  it('K5 M11 rule 12: an add that repeats itself and a removal of nobody change nothing', async () => {
    const [a = '', b = ''] = await people(2);
    const made = await groupOf([a, a]);

    const answers = [
      await patch(made.id, {
        op: 'add',
        path: 'members',
        value: [{ value: a, display: 'another name' }],
      }),
      await patch(made.id, { op: 'remove', path: `members[value eq "${b}"]` }),
      await patch(made.id, { op: 'remove', path: 'members', value: values([randomUUID()]) }),
      await patch(made.id, { op: 'add', path: 'members', value: [] }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await read(client, `/Groups/${made.id}`)).toEqual(made);
    expect(made.members).toHaveLength(1);
  });

  it('rule 4: a rename with the group’s own id leaves the members', async () => {
    const [a = ''] = await people(1);
    const made = await groupOf([a]);
    const displayName = `Renamed ${randomUUID()}`;

    const answer = await patch(made.id, { op: 'replace', value: { id: made.id, displayName } });
    const other = await patch(made.id, {
      op: 'replace',
      value: { id: randomUUID(), displayName: 'x' },
    });

    expect(answer.status).toBe(204);
    expectScimError(other, 400, 'mutability');
    expect(await read(client, `/Groups/${made.id}`)).toEqual({
      ...made,
      displayName,
      meta: { ...made.meta, lastModified: expect.any(String), version: expect.any(String) },
    });
  });

  it('M3 A11 answers a PATCH with a body when one is asked for', async () => {
    const [a = ''] = await people(1);
    const made = await groupOf([]);
    const body = aPatch({ op: 'add', path: 'members', value: values([a]) });

    const shown = await client.scim('PATCH', `/Groups/${made.id}?attributes=displayName`, body);
    const except = await client.scim(
      'PATCH',
      `/Groups/${made.id}?excludedAttributes=displayName`,
      body,
    );

    expect(shown).toMatchObject({
      status: 200,
      body: { id: made.id, displayName: made.displayName },
    });
    expect(Object.keys(shown.body).sort()).toEqual(['displayName', 'id', 'schemas']);
    expect(toIds(except.body.members)).toEqual([a]);
  });

  it('K4 S11 M4 refuses an unknown and a foreign member alike, and changes nothing', async () => {
    const [a = '', b = ''] = await people(2);
    const stranger = await aScimConnection(app);
    const [foreign = ''] = await people(1, stranger);
    const made = await groupOf([a], { displayName: `Safe ${randomUUID()}` });

    for (const id of [randomUUID(), foreign, 'nobody', '__proto__', `${a} `]) {
      const answers = [
        await patch(
          made.id,
          { op: 'replace', value: { displayName: 'x' } },
          { op: 'add', path: 'members', value: values([b, id]) },
        ),
        await patch(made.id, { op: 'replace', path: 'members', value: values([b, id]) }),
        await client.scim('PUT', `/Groups/${made.id}`, aGroup({ members: values([b, id]) })),
        await client.scim(
          'POST',
          '/Groups',
          aGroup({ displayName: 'never made', members: values([b, id]) }),
        ),
      ];
      for (const answer of answers) expectScimError(answer, 400, 'invalidValue');
    }
    expect(await read(client, `/Groups/${made.id}`)).toEqual(made);
    expect(await groupsOf(b)).toEqual([]);
    expect(await found(client, 'Groups', 'displayName eq "never made"')).toEqual([]);
  });

  it('K8 E6 shows at once in the users’ groups, direct and indirect', async () => {
    const user = await create(client, 'Users', aUser());
    const inner = await groupOf([user.id]);
    const outer = await groupOf([inner.id]);
    const reference = (group: ScimBody, type: string) => ({
      value: group.id,
      $ref: group.meta.location,
      display: group.displayName,
      type,
    });
    const inBoth = [reference(inner, 'direct'), reference(outer, 'indirect')];

    expect(await groupsOf(user.id)).toEqual(inBoth);
    expect(await found(client, 'Users', `groups.value eq "${outer.id}"`)).toEqual([user.userName]);
    expect(
      (await read(client, listPath('Users', { filter: `id eq "${user.id}"` }))).Resources[0].groups,
    ).toEqual(inBoth);
    await patch(outer.id, { op: 'add', path: 'members', value: values([user.id]) });
    expect(await groupsOf(user.id)).toEqual([
      reference(inner, 'direct'),
      reference(outer, 'direct'),
    ]);
    await patch(inner.id, { op: 'remove', path: 'members' });
    expect(await groupsOf(user.id)).toEqual([reference(outer, 'direct')]);
    // A membership changes what is shown of the user, not the user: the tag moves and the time does not.
    const { version, ...unmoved } = (await read(client, `/Users/${user.id}`)).meta;
    expect({ ...unmoved, version: user.meta.version }).toEqual(user.meta);
    expect(version).not.toBe(user.meta.version);
  });

  it('K7 refuses a circle, also one by way of others', async () => {
    const a = await groupOf([]);
    const b = await groupOf([a.id]);
    const c = await groupOf([b.id]);

    for (const id of [a.id, b.id, c.id]) {
      expectScimError(
        await patch(a.id, { op: 'add', path: 'members', value: values([id]) }),
        400,
        'invalidValue',
      );
      expectScimError(
        await client.scim('PUT', `/Groups/${a.id}`, { ...a, members: values([id]) }),
        400,
        'invalidValue',
      );
    }
    expect(await memberIds(a.id)).toEqual([]);
    await client.scim('DELETE', `/Groups/${b.id}`);
    expect(await memberIds(c.id)).toEqual([]);
    expect((await patch(a.id, { op: 'add', path: 'members', value: values([c.id]) })).status).toBe(
      204,
    );
  });

  it('K7 lets one of two through that would make a circle at the same time', async () => {
    const [a, b] = [await groupOf([]), await groupOf([])];

    const answers = await Promise.all([
      patch(a.id, { op: 'add', path: 'members', value: values([b.id]) }),
      patch(b.id, { op: 'add', path: 'members', value: values([a.id]) }),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
  });

  it('L3 a deleted user leaves its groups', async () => {
    const [a = '', b = ''] = await people(2);
    const made = await groupOf([a, b]);

    await client.scim('DELETE', `/Users/${a}`);

    expect(await memberIds(made.id)).toEqual([b]);
    expect(await found(client, 'Groups', `members eq "${a}"`)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a part of members', { op: 'replace', path: 'members.value', value: 'x' }, 'invalidPath'],
    [
      'a part of one member',
      { op: 'replace', path: 'members[value pr].value', value: 'x' },
      'mutability',
    ],
    ['a broken filter', { op: 'remove', path: 'members[value eq]' }, 'invalidFilter'],
    [
      'a filter by a part that is not searched',
      { op: 'remove', path: 'members[display eq "x"]' },
      'invalidFilter',
    ],
    ['an unknown attribute', { op: 'add', path: 'shoeSize', value: 1 }, 'invalidPath'],
    ['the name’s removal', { op: 'remove', path: 'displayName' }, 'mutability'],
  ])('refuses to change %s', async (_what, operation, scimType) => {
    const [a = ''] = await people(1);
    const made = await groupOf([a]);

    expectScimError(
      await patch(made.id, { op: 'remove', path: 'members' }, operation),
      400,
      scimType,
    );
    expect(await read(client, `/Groups/${made.id}`)).toEqual(made);
  });

  describe('many members', () => {
    it.each([101, 1_000])('S12 changes only who is named in a group of %d', async (many) => {
      const everybody = await people(many + 2);
      const [first = '', newcomer = '', ...others] = everybody;
      const made = await groupOf([first, ...others]);

      await patch(made.id, { op: 'add', path: 'members', value: values([newcomer]) });
      await patch(made.id, { op: 'remove', path: `members[value eq "${first}"]` });
      await patch(made.id, { op: 'replace', value: { displayName: 'still all there' } });

      expect((await memberIds(made.id)).sort()).toEqual([...others, newcomer].sort());
      expect(await groupsOf(first)).toEqual([]);
    });

    it('M34 S12 loses nobody of two hundred who are added side by side', async () => {
      const [gone = '', ...everybody] = await people(201);
      const { id } = await groupOf([gone]);
      const changes = [
        ...everybody.map((value) => ({ op: 'add', path: 'members', value: [{ value }] })),
        { op: 'remove', path: `members[value eq "${gone}"]` },
        { op: 'replace', value: { displayName: 'busy' } },
      ];

      const answers = await inLanes(changes.length, (n) => patch(id, changes[n] ?? {}));

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
      expect((await memberIds(id)).sort()).toEqual(everybody.sort());
      expect((await read(client, `/Groups/${id}?excludedAttributes=members`)).displayName).toBe(
        'busy',
      );
    });

    it('M34 rule 11: what comes, moves, is renamed and goes side by side never ends in a 5xx', async () => {
      const everybody = await people(12);
      const groups = await inLanes(5, (n) => groupOf([], { displayName: `g${n}` }));
      const pick = <Item>(items: readonly Item[], n: number): Item =>
        items[n % items.length] ?? fail('a list of nothing');
      const change = (n: number) => {
        const [a, b] = [pick(everybody, n * 7), pick(everybody, n * 5 + 1)];
        const { id } = pick(groups, n * 3);
        const other = pick(groups, n + 1).id;
        const goesOrReads = () =>
          n > 180
            ? client.scim('DELETE', n % 2 === 0 ? `/Users/${a}` : `/Groups/${id}`)
            : client.scim('GET', '/Groups');
        const changes = [
          () =>
            patch(
              id,
              { op: 'remove', path: `members[value eq "${a}"]` },
              { op: 'add', path: 'members', value: values([b]) },
            ),
          () => patch(id, { op: 'add', path: 'members', value: values([b, a]) }),
          () => patch(id, { op: 'replace', path: 'members', value: values([a, b]) }),
          () => patch(id, { op: 'add', path: 'members', value: values([other]) }),
          () => patch(id, { op: 'remove', path: 'members' }),
          () => client.scim('PUT', `/Groups/${id}`, aGroup({ members: values([b]) })),
          () => client.scim('PUT', `/Users/${a}`, aUser()),
          goesOrReads,
        ];
        return pick(changes, n)();
      };

      const answers = await inLanes(240, change);

      for (const { status } of answers) expect([200, 204, 400, 404]).toContain(status);
      for (const { id, members } of (await read(client, '/Groups')).Resources) {
        for (const { value, type } of members) {
          if (type !== 'User') continue;
          const own = expect.objectContaining({ value: id, type: 'direct' });
          expect(await groupsOf(value)).toContainEqual(own);
        }
      }
    });
  });
});

function fail(why: string): never {
  throw new Error(why);
}

function toIds(members: readonly { value: string }[]): string[] {
  return members.map(({ value }) => value);
}
