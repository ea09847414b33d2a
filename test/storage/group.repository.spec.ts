import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Group, MemberDraft } from '../../src/directory/group.js';
import { type GroupField, GroupService } from '../../src/directory/group.service.js';
import type { MembershipStep } from '../../src/directory/membership.js';
import { shownName } from '../../src/directory/shown-name.js';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { type Condition, everything } from '../../src/kernel/condition.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { planOf, statementsOf } from '../support/plan.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const okta: Actor = { kind: 'scim_client', id: '11111111-1111-4111-8111-111111111111' };
const unknownId = '00000000-0000-4000-8000-000000000000';
const wholePage = { offset: 0, limit: 100 };

function is(field: GroupField, value: string | number): Condition<GroupField> {
  return { kind: 'compare', field, operator: 'eq', value };
}

describe.each(databases)('groups on $name', (database) => {
  let rooms: TestRooms;
  let groups: GroupService;
  let users: UserService;
  let acme: TenantContext;
  let globex: TenantContext;
  let tenantNumber = 0;

  beforeAll(async () => {
    rooms = await openRooms(database);
    [groups, users] = [rooms.get(GroupService), rooms.get(UserService)];
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    const made = [
      await rooms.aTenant(`Acme ${tenantNumber}`),
      await rooms.aTenant(`Globex ${tenantNumber}`),
    ];
    [acme, globex] = made.map(({ tenantId }) =>
      tenantContext({ actor: okta, requestId: 'test' }, tenantId),
    ) as [TenantContext, TenantContext];
  });

  const aUser = async (userName: string, context = acme) =>
    (
      await users.create(context, {
        isActive: true,
        profile: { userName, displayName: userName.toUpperCase() },
      })
    ).id;
  const aGroup = (name: string, memberIds: readonly string[] = [], context = acme) =>
    groups.create(
      context,
      { name, profile: {} },
      memberIds.map((id) => ({ id })),
    );
  const apply = (group: Group, steps: readonly MembershipStep[], context = acme) =>
    groups.change(
      context,
      group.id,
      undefined,
      ({ name, profile, externalId }) => ({ name, profile, externalId }),
      steps,
    );
  const add = (...members: readonly (string | MemberDraft)[]): MembershipStep => ({
    kind: 'add',
    members: members.map((member) => (typeof member === 'string' ? { id: member } : member)),
  });
  const membersOf = async (group: Group) => {
    const fresh = await groups.get(acme, group.id);
    const members = (await groups.membersOf(acme, [fresh])).get(group.pk) ?? [];
    expect(fresh.memberCount).toBe(members.length);
    return members.map(({ id }) => id);
  };
  const eventsOf = async (id: string) => {
    const rows = await rooms
      .get(UnitOfWork)
      .query<{ type: string; before: string | null; after: string | null }>(
        sql`select type, before, after from events where object_id = ${id} order by seq`,
      );
    return rows.map(({ type, before, after }) => ({
      type,
      ids: JSON.parse(after ?? before ?? '{}').members,
    }));
  };

  describe('writing and reading', () => {
    it('reads back what was written', async () => {
      const draft = {
        name: 'Sales Team',
        externalId: 'g-1',
        profile: { extensions: { 'urn:example:x': { deep: { list: [1, 'é'] } } } },
        data: { free: true },
      };
      const created = await groups.create(acme, draft, []);

      expect(await groups.get(acme, created.id)).toEqual(created);
      expect(created).toMatchObject({
        ...draft,
        externalIds: { [okta.id]: 'g-1' },
        externalId: 'g-1',
        memberCount: 0,
        version: 1,
      });
    });

    it('does not read a group of another tenant', async () => {
      const { id } = await aGroup('Sales');

      expect(await groups.find(globex, id)).toBeUndefined();
      await expect(groups.get(globex, id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(groups.delete(globex, id)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('does not list members for another tenant', async () => {
      const group = await aGroup('Sales', [await aUser('ada')]);

      expect(await groups.membersOf(globex, [group])).toEqual(new Map());
    });

    it('keeps a name for one group of a tenant, whatever its case', async () => {
      const duplicate = { code: 'conflict', problems: [{ field: 'name', rule: 'duplicate' }] };
      await aGroup('École');
      const other = await aGroup('Other');

      await expect(aGroup('éCOLE')).rejects.toMatchObject(duplicate);
      await expect(
        groups.change(acme, other.id, undefined, () => ({ name: 'ÉCOLE', profile: {} })),
      ).rejects.toMatchObject(duplicate);
      await expect(aGroup('École', [], globex)).resolves.toMatchObject({ name: 'École' });
    });

    it.each([
      ['', 'blank'],
      ['x'.repeat(2_000), 'tooLong'],
    ])('refuses a name that is %.5j (case %#)', async (name, rule) => {
      await expect(aGroup(name)).rejects.toMatchObject({
        code: 'invalid',
        problems: [{ field: 'name', rule }],
      });
    });

    it('leaves no trace of a change that changes nothing, and members alone of a rename', async () => {
      const group = await aGroup('Sales', [await aUser('ada')]);
      rooms.clock.advance(5);

      const same = await apply(group, [add(...(await membersOf(group)))]);
      const renamed = await groups.change(acme, group.id, { among: [1] }, () => ({
        name: 'SALES',
        profile: {},
      }));

      expect(same).toEqual(await groups.get(acme, group.id).then(() => group));
      expect(renamed).toMatchObject({
        name: 'SALES',
        version: 2,
        memberCount: 1,
        changed: rooms.clock.now(),
      });
      await expect(
        groups.change(acme, group.id, { among: [1] }, () => ({ name: 'X', profile: {} })),
      ).rejects.toMatchObject({ code: 'version_mismatch' });
    });
  });

  describe('members', () => {
    it('come in the order in which they were sent, with a name to show', async () => {
      const [ada, bob] = [await aUser('ada'), await aUser('bob')];
      const inner = await aGroup('Inner');
      const group = await groups.create(acme, { name: 'Outer', profile: {} }, [
        { id: bob, display: 'Bobby' },
        { id: inner.id },
        { id: ada },
      ]);

      expect((await groups.membersOf(acme, [group, inner])).get(group.pk)).toEqual([
        { id: bob, kind: 'user', display: 'Bobby' },
        { id: inner.id, kind: 'group', display: 'Inner' },
        { id: ada, kind: 'user', display: 'ADA' },
      ]);
    });

    it.each([
      ['unknown', () => Promise.resolve(unknownId)],
      ['no id at all', () => Promise.resolve("x' or 1=1\u0000")],
    ])('refuses a member whose id is %s, and changes nothing', async (_, idOf) => {
      const group = await aGroup('Sales');
      const change = apply(group, [add(await aUser('ada'), await idOf())]);

      await expect(change).rejects.toMatchObject({
        code: 'invalid',
        problems: [{ field: 'members', rule: 'invalid' }],
      });
      expect(await membersOf(group)).toEqual([]);
    });

    it('refuses the users and groups of another tenant like unknown ones', async () => {
      const strangers = [await aUser('eve', globex), (await aGroup('Theirs', [], globex)).id];

      for (const id of strangers) {
        await expect(aGroup(`With ${id}`, [id])).rejects.toMatchObject({
          code: 'invalid',
          message: expect.stringContaining(id),
        });
      }
      expect((await groups.search(acme, everything, wholePage)).total).toBe(0);
    });

    it('are not changed in another tenant', async () => {
      const group = await aGroup('Sales', [await aUser('ada')]);

      await expect(apply(group, [{ kind: 'removeAll' }], globex)).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(await membersOf(group)).toHaveLength(1);
    });

    it('are there once, however often they are added', async () => {
      const ada = await aUser('ada');
      const group = await aGroup('Sales', [ada, ada]);

      const again = await apply(group, [add(ada), add(ada)]);

      expect(await membersOf(group)).toEqual([ada]);
      expect(again.version).toBe(1);
    });

    it.each<[string, (ids: string[]) => MembershipStep[], number[]]>([
      [
        'add and remove',
        ([a = '', b = '', c = '']) => [
          add(c),
          { kind: 'remove', ids: [a] },
          { kind: 'remove', ids: [b, unknownId, 'x'] },
        ],
        [2],
      ],
      ['remove all, then add', ([, , c = '']) => [{ kind: 'removeAll' }, add(c)], [2]],
      [
        'add, then remove the same',
        ([, , c = '']) => [add(c), { kind: 'remove', ids: [c] }],
        [0, 1],
      ],
      ['remove, then add the same', ([a = '']) => [{ kind: 'remove', ids: [a] }, add(a)], [1, 0]],
      [
        'replace all',
        ([, b = '', c = '']) => [{ kind: 'replaceAll', members: [{ id: c }, { id: b }] }],
        [1, 2],
      ],
      ['replace by none', () => [{ kind: 'replaceAll', members: [] }], []],
      [
        'remove where',
        ([a = '']) => [
          {
            kind: 'removeWhere',
            condition: {
              kind: 'not',
              condition: { kind: 'compare', field: 'id', operator: 'eq', value: a },
            },
          },
        ],
        [0],
      ],
      [
        'remove users',
        () => [
          {
            kind: 'removeWhere',
            condition: { kind: 'compare', field: 'kind', operator: 'eq', value: 'user' },
          },
        ],
        [],
      ],
      [
        'remove groups',
        () => [
          {
            kind: 'removeWhere',
            condition: { kind: 'compare', field: 'kind', operator: 'eq', value: 'group' },
          },
        ],
        [0, 1],
      ],
    ])('apply steps in order: %s', async (_, stepsOf, left) => {
      const ids = [await aUser('a'), await aUser('b'), await aUser('c')];
      const group = await aGroup('Sales', ids.slice(0, 2));

      await apply(group, stepsOf(ids));

      expect(await membersOf(group)).toEqual(left.map((index) => ids[index]));
    });

    it('change together with the content or not at all', async () => {
      const group = await aGroup('Sales');
      await aGroup('Taken');
      const ada = await aUser('ada');

      const refused = groups.change(
        acme,
        group.id,
        undefined,
        () => ({ name: 'taken', profile: {} }),
        [add(ada)],
      );

      await expect(refused).rejects.toMatchObject({ code: 'conflict' });
      expect(await membersOf(group)).toEqual([]);
      const changed = await groups.change(
        acme,
        group.id,
        undefined,
        () => ({ name: 'Free', profile: {} }),
        [add(ada)],
      );
      expect(changed).toMatchObject({ name: 'Free', memberCount: 1, version: 2 });
    });

    it('leave a record of who came and who went', async () => {
      const [ada, bob] = [await aUser('ada'), await aUser('bob')];
      const group = await aGroup('Sales', [ada]);

      await apply(group, [{ kind: 'replaceAll', members: [{ id: bob }] }]);
      await apply(group, [{ kind: 'replaceAll', members: [{ id: bob }] }]);

      expect(await eventsOf(group.id)).toEqual([
        { type: 'group.create' },
        { type: 'group.member.create', ids: [ada] },
        { type: 'group.member.delete', ids: [ada] },
        { type: 'group.member.create', ids: [bob] },
      ]);
      expect((await users.get(acme, ada)).membershipVersion).toBe(2);
      expect((await users.get(acme, bob)).membershipVersion).toBe(1);
    });

    it('are named once in the record, however often they came and went in one change', async () => {
      const ada = await aUser('ada');
      const group = await aGroup('Sales');

      await apply(group, [add(ada), { kind: 'remove', ids: [ada] }, add(ada)]);

      expect(await eventsOf(group.id)).toEqual([
        { type: 'group.create' },
        { type: 'group.member.delete', ids: [ada] },
        { type: 'group.member.create', ids: [ada] },
      ]);
      expect(await membersOf(group)).toEqual([ada]);
    });

    it.each([
      ['the name to display', { displayName: 'Ada L.', name: { formatted: 'Lovelace' } }, 'Ada L.'],
      ['an empty one', { displayName: '', name: { formatted: 'Lovelace' } }, ''],
      [
        'the whole name',
        { name: { formatted: 'Ada "the first" Lovelace' } },
        'Ada "the first" Lovelace',
      ],
      ['the user name', { name: { givenName: 'Ada' } }, undefined],
    ])('are shown with %s', async (_, names, shown) => {
      const userName = randomUUID();
      const user = await users.create(acme, { isActive: true, profile: { userName, ...names } });
      const group = await aGroup('Sales', [user.id]);

      const [member] = (await groups.membersOf(acme, [group])).get(group.pk) ?? [];

      expect(member?.display).toBe(shown ?? userName);
      expect(member?.display).toBe(shownName(user.profile));
    });

    it('M34 change nothing in each other’s way when a member goes and comes back while its name changes', async () => {
      const ada = await aUser('ada');
      const group = await aGroup('Sales', [ada]);
      const back: MembershipStep[] = [{ kind: 'remove', ids: [ada] }, add(ada)];

      const changes = Array.from({ length: 40 }, (_, n) => [
        apply(group, back),
        users.change(acme, ada, undefined, ({ isActive, profile }) => ({
          isActive,
          profile: { ...profile, userName: `ada ${n}` },
        })),
      ]);
      await Promise.all(changes.flat());

      expect(await membersOf(group)).toEqual([ada]);
    });

    it('M34 are not lost by many changes at once', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 20; index += 1) ids.push(await aUser(`u${index}`));
      const [one, two] = [await aGroup('One'), await aGroup('Two')];

      await Promise.all(ids.flatMap((id) => [apply(one, [add(id)]), apply(two, [add(id)])]));

      expect((await membersOf(one)).sort()).toEqual([...ids].sort());
      expect((await membersOf(two)).sort()).toEqual([...ids].sort());
      expect(await groups.get(acme, one.id)).toMatchObject({ version: 21, memberCount: 20 });
    });

    it('cost the same few statements in a large group, which is never read', async () => {
      const unitOfWork = rooms.get(UnitOfWork);
      const large = await aGroup('Large');
      await unitOfWork.run(async () => {
        const ids: string[] = [];
        for (let index = 0; index < 500; index += 1) ids.push(await aUser(`m${index}`));
        await apply(large, [add(...ids)]);
      });
      await unitOfWork.execute(sql`analyze`);
      const ada = await aUser('ada');

      const statements = await statementsOf(unitOfWork, () =>
        apply(large, [add(ada), { kind: 'remove', ids: [ada] }]),
      );
      const plans = await Promise.all(statements.map((statement) => planOf(unitOfWork, statement)));

      expect(statements.length).toBeLessThan(12);
      expect(plans.join('\n')).not.toMatch(
        /SCAN (users|member|group_members)|group_members_order|INDEX \w+ \(tenant_id=\?\)|Seq Scan on users/,
      );
      expect((await groups.get(acme, large.id)).memberCount).toBe(500);
    });

    it('end with the user, and groups count them no more', async () => {
      const [ada, bob] = [await aUser('ada'), await aUser('bob')];
      const [one, two] = [await aGroup('One', [ada, bob]), await aGroup('Two', [ada])];

      await users.delete(acme, ada);

      expect(await membersOf(one)).toEqual([bob]);
      expect(await membersOf(two)).toEqual([]);
      expect(await groups.get(acme, one.id)).toMatchObject({ memberCount: 1, version: 2 });
    });
  });

  describe('groups in groups', () => {
    it('make their users members of the outer ones, indirectly', async () => {
      const ada = await aUser('ada');
      const inner = await aGroup('Inner', [ada]);
      const middle = await aGroup('Middle', [inner.id]);
      await aGroup('Outer', [middle.id, ada]);
      await aGroup('Elsewhere');
      const user = await users.get(acme, ada);

      expect((await users.groupsOf(acme, [user])).get(user.pk)).toEqual([
        { id: inner.id, name: 'Inner', isDirect: true },
        { id: middle.id, name: 'Middle', isDirect: false },
        expect.objectContaining({ name: 'Outer', isDirect: true }),
      ]);
      expect(await users.groupsOf(globex, [user])).toEqual(new Map());
      const inMiddle = await users.search(
        acme,
        { kind: 'compare', field: 'groups.value', operator: 'eq', value: middle.id },
        wholePage,
      );
      expect(inMiddle.items.map(({ id }) => id)).toEqual([ada]);
      const elsewhere = await users.search(
        globex,
        { kind: 'compare', field: 'groups.value', operator: 'eq', value: middle.id },
        wholePage,
      );
      expect(elsewhere).toEqual({ items: [], total: 0 });
    });

    it('never hold themselves', async () => {
      const inner = await aGroup('Inner');
      const middle = await aGroup('Middle', [inner.id]);
      const outer = await aGroup('Outer', [middle.id]);

      for (const id of [inner.id, outer.id, middle.id]) {
        await expect(apply(inner, [add(id)])).rejects.toMatchObject({
          code: 'invalid',
          problems: [{ field: 'members' }],
        });
      }
      const two = await Promise.allSettled([
        apply(inner, [add((await aGroup('A')).id)]),
        apply(middle, [add((await aGroup('B')).id)]),
      ]);
      expect(two.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    });

    it('make no circle out of two halves at once', async () => {
      const [one, two] = [await aGroup('One'), await aGroup('Two')];

      const halves = await Promise.allSettled([
        apply(one, [add(two.id)]),
        apply(two, [add(one.id)]),
      ]);

      expect(halves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('leave what holds them when they are deleted, and leave their users', async () => {
      const ada = await aUser('ada');
      const inner = await aGroup('Inner', [ada]);
      const outer = await aGroup('Outer', [inner.id]);

      await groups.delete(acme, inner.id);

      expect(await groups.find(acme, inner.id)).toBeUndefined();
      expect(await membersOf(outer)).toEqual([]);
      const user = await users.get(acme, ada);
      expect(await users.groupsOf(acme, [user])).toEqual(new Map());
      await expect(aGroup('Inner')).resolves.toMatchObject({ name: 'Inner' });
    });
  });

  describe('searching', () => {
    it.each<
      [
        string,
        (ids: { group: string; user: string; inner: string }) => Condition<GroupField>,
        boolean,
      ]
    >([
      ['id', ({ group }) => is('id', group), true],
      ['name', () => is('name', 'sales'), true],
      ['a part of another name', () => is('name', 'sale'), false],
      ['externalId', () => is('externalId', 'G-1'), true],
      ['externalId in another case', () => is('externalId', 'g-1'), false],
      ['a user in it', ({ user }) => is('members.id', user), true],
      ['a group in it', ({ inner }) => is('members.id', inner), true],
      ['nobody in it', () => is('members.id', unknownId), false],
      ['a kind of member', () => is('members.kind', 'group'), true],
      [
        'one and the same member',
        ({ user }) =>
          member([
            ['id', user],
            ['kind', 'user'],
          ]),
        true,
      ],
      [
        'no mixture of two members',
        ({ user }) =>
          member([
            ['id', user],
            ['kind', 'group'],
          ]),
        false,
      ],
      ['presence of members', () => ({ kind: 'present', field: 'members' }), true],
      [
        'id and member',
        ({ group, user }) => ({
          kind: 'and',
          conditions: [is('id', group), is('members.id', user)],
        }),
        true,
      ],
    ])('finds by %s', async (_, conditionOf, isFound) => {
      const user = await aUser('ada');
      const inner = await aGroup('Inner');
      const group = await groups.create(acme, { name: 'Sales', externalId: 'G-1', profile: {} }, [
        { id: user },
        { id: inner.id },
      ]);
      await groups.create(acme, { name: 'Sales Team', externalId: 'G-2', profile: {} }, []);
      const condition = conditionOf({ group: group.id, user, inner: inner.id });

      const found = await groups.search(acme, condition, wholePage);
      const elsewhere = await groups.search(globex, condition, wholePage);

      expect(found.items.map(({ id }) => id)).toEqual(isFound ? [group.id] : []);
      expect(found.total).toBe(isFound ? 1 : 0);
      expect(elsewhere).toEqual({ items: [], total: 0 });
    });

    it('gives every group once, page by page, in the order of creation', async () => {
      const made: string[] = [];
      for (let index = 0; index < 7; index += 1) made.push((await aGroup(`g${index}`)).id);
      await aGroup('stranger', [], globex);

      const pages = [];
      for (const offset of [0, 3, 6])
        pages.push(await groups.search(acme, everything, { offset, limit: 3 }));

      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(made);
      expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
    });
  });

  describe('plans', () => {
    let crowded: TenantContext;
    let user: string;

    beforeAll(async () => {
      const unitOfWork = rooms.get(UnitOfWork);
      const { tenantId } = await rooms.aTenant('Crowded');
      crowded = tenantContext({ actor: okta, requestId: 'test' }, tenantId);
      user = await aUser('ada', crowded);
      await unitOfWork.run(async () => {
        for (let index = 0; index < 300; index += 1) {
          await groups.create(
            crowded,
            { name: `g${index}`, externalId: `x${index}`, profile: {} },
            index % 50 === 0 ? [{ id: user }] : [],
          );
        }
        // Enough people that looking at every membership would be the longer way.
        for (let index = 0; index < 300; index += 1) {
          const one = await aUser(`u${index}`, crowded);
          await apply(await aGroup(`h${index}`, [], crowded), [add(one)], crowded);
        }
      });
      await unitOfWork.execute(sql`analyze`);
    });

    it.each<[string, (user: string) => Condition<GroupField>]>([
      ['id', () => is('id', unknownId)],
      ['name', () => is('name', 'g7')],
      ['externalId', () => is('externalId', 'x7')],
      [
        'the beginning of an externalId',
        () => ({ kind: 'compare', field: 'externalId', operator: 'sw', value: 'x29' }),
      ],
      ['members.id', (id) => is('members.id', id)],
    ])('go by an index to look up %s', async (_, conditionOf) => {
      const unitOfWork = rooms.get(UnitOfWork);
      const [statement] = await statementsOf(unitOfWork, () =>
        groups.search(crowded, conditionOf(user), wholePage),
      );
      if (statement === undefined) throw new Error('a search runs a statement');

      expect(await planOf(unitOfWork, statement)).not.toMatch(
        /SCAN (groups|member|part)|Seq Scan on (groups|group_members)|groups_created/,
      );
    });
  });
});

function member(parts: readonly (readonly [string, string])[]): Condition<GroupField> {
  const conditions = parts.map(([part, value]): Condition => ({
    kind: 'compare',
    field: part,
    operator: 'eq',
    value,
  }));
  return { kind: 'some', field: 'members', condition: { kind: 'and', conditions } };
}
