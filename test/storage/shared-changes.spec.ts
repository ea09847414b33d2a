import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import fc from 'fast-check';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Group } from '../../src/directory/group.js';
import { GroupService } from '../../src/directory/group.service.js';
import type { MembershipStep } from '../../src/directory/membership.js';
import type { User, UserDraft } from '../../src/directory/user.js';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { everything } from '../../src/kernel/condition.js';
import { newId } from '../../src/kernel/ids.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { sql } from '../../src/persistence/sql.js';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const okta: Actor = { kind: 'scim_client', id: '11111111-1111-4111-8111-111111111111' };
const apiKey: Actor = { kind: 'api_key', id: '22222222-2222-4222-8222-222222222222' };
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What each came to: its value, or the code of its failure. */
async function outcomesOf<Result>(work: readonly Promise<Result>[]): Promise<(Result | string)[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) =>
    one.status === 'fulfilled'
      ? one.value
      : String((one.reason as { code?: string }).code ?? one.reason),
  );
}

describe.each(databases)('changes that come together on $name', (database) => {
  let rooms: TestRooms;
  let users: UserService;
  let groups: GroupService;
  let unitOfWork: UnitOfWork;
  let acme: TenantContext;
  let tenantNumber = 0;

  beforeAll(async () => {
    rooms = await openRooms(database);
    [users, groups] = [rooms.get(UserService), rooms.get(GroupService)];
    unitOfWork = rooms.get(UnitOfWork);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    const { tenantId } = await rooms.aTenant(`Acme ${tenantNumber}`);
    acme = tenantContext({ actor: okta, requestId: 'request 0' }, tenantId);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The context of another request of the same client. */
  const request = (number: number, actor: Actor = okta) =>
    tenantContext({ actor, requestId: `request ${number}` }, acme.tenantId);
  const named = (userName: string): UserDraft => ({ isActive: true, profile: { userName } });
  const somePeople = async (count: number) =>
    users.createAll(
      acme,
      many(count).map((index) => ({ id: newId(), draft: named(`person ${index}`) })),
    );

  /** How many units of work the work took. */
  async function unitsOf(work: () => Promise<unknown>): Promise<number> {
    const run = jest.spyOn(unitOfWork, 'run');
    const runInTurn = jest.spyOn(unitOfWork, 'runInTurn');
    const runInLine = jest.spyOn(unitOfWork, 'runInLine');
    await work();
    const [all, inTurn, inLine] = [run, runInTurn, runInLine].map(({ mock }) => mock.calls.length);
    jest.restoreAllMocks();
    // On SQLite, and on PostgreSQL at the end of the line, the other two are made of the first.
    return Math.max(all ?? 0, (inTurn ?? 0) + (inLine ?? 0));
  }

  async function eventsOf(id: string) {
    const rows = await unitOfWork.query<{
      type: string;
      request_id: string;
      actor_id: string;
      before: string | null;
      after: string | null;
    }>(
      sql`select type, request_id, actor_id, before, after from events where object_id = ${id} order by seq`,
    );
    return rows.map(({ type, request_id: requestId, actor_id: actorId, before, after }) => ({
      type,
      requestId,
      actorId,
      before: before === null ? null : JSON.parse(before),
      after: after === null ? null : JSON.parse(after),
    }));
  }

  describe('creates', () => {
    it('are made in few units, counted, and recorded each under its own request', async () => {
      let created: User[] = [];
      const units = await unitsOf(async () => {
        created = await Promise.all(
          many(20).map((index) => users.create(request(index), named(`person ${index}`))),
        );
      });

      expect(units).toBe(2);
      expect(created.map(({ profile }) => profile.userName)).toEqual(
        many(20).map((index) => `person ${index}`),
      );
      const page = await users.search(acme, everything, { offset: 0, limit: 100 });
      expect(page.total).toBe(20);
      for (const [index, user] of created.entries()) {
        expect(await users.get(acme, user.id)).toEqual(user);
        expect(await eventsOf(user.id)).toMatchObject([
          { type: 'user.create', requestId: `request ${index}`, actorId: okta.id },
        ]);
      }
    });

    it('take their names in one order, so that two processes do not wait for each other', async () => {
      const names = many(20).map((index) => `person ${String(99 - index)}`);
      const [, ...together] = await Promise.all(
        names.map((name) => users.create(acme, named(name))),
      );

      const byRow = together.toSorted((a, b) => a.pk - b.pk);
      expect(byRow.map(({ profile }) => profile.userName)).toEqual(names.slice(1).reverse());
    });

    it('of two clients who want the same names end with each name once', async () => {
      const entra: Actor = { kind: 'scim_client', id: '33333333-3333-4333-8333-333333333333' };
      const names = many(40).map((index) => `person ${index}`);
      const outcomes = await outcomesOf([
        ...names.map((name) => users.create(request(1), named(name))),
        ...names.toReversed().map((name) => users.create(request(2, entra), named(name))),
      ]);

      const made = outcomes.flatMap((one) => (typeof one === 'string' ? [] : one.profile.userName));
      expect(new Set(made)).toEqual(new Set(names));
      expect(made).toHaveLength(40);
      expect(outcomes.filter((one) => one === 'conflict')).toHaveLength(40);
    });

    it('do not fail of one that is refused', async () => {
      await users.create(acme, named('taken'));

      const names = ['first', 'a', 'taken', 'b', 'a', 'c'];
      const outcomes = await outcomesOf(names.map((name) => users.create(acme, named(name))));

      expect(outcomes.map((one) => (typeof one === 'string' ? one : one.profile.userName))).toEqual(
        expect.arrayContaining(['first', 'a', 'conflict', 'b', 'conflict', 'c']),
      );
      expect(outcomes[2]).toBe('conflict');
      expect(outcomes.filter((one) => one === 'conflict')).toHaveLength(2);
      const page = await users.search(acme, everything, { offset: 0, limit: 100 });
      expect(page.total).toBe(5);
    });

    it('of two clients each have the external ids of their own client', async () => {
      const entra: Actor = { kind: 'scim_client', id: '33333333-3333-4333-8333-333333333333' };
      const created = await Promise.all(
        many(12).map((index) =>
          users.create(request(index, index % 2 === 0 ? okta : entra), {
            ...named(`person ${index}`),
            externalId: `e-${index}`,
          }),
        ),
      );

      expect(created.map(({ externalIds }) => externalIds)).toEqual(
        many(12).map((index) => ({ [index % 2 === 0 ? okta.id : entra.id]: `e-${index}` })),
      );
      for (const [index, { id }] of created.entries()) {
        const { items } = await users.search(
          request(index),
          { kind: 'compare', field: 'externalId', operator: 'eq', value: `e-${index}` },
          { offset: 0, limit: 2 },
        );
        expect(items.map((user) => user.id)).toEqual([id]);
      }
    });
  });

  describe('changes of people', () => {
    const deactivated = ({ profile }: User): UserDraft => ({ profile, isActive: false });

    it('are made in few units, and recorded each under its own request', async () => {
      const people = await somePeople(20);

      let changed: User[] = [];
      const units = await unitsOf(async () => {
        changed = await Promise.all(
          people.map(({ id }, index) => users.change(request(index), id, undefined, deactivated)),
        );
      });

      expect(units).toBe(2);
      for (const [index, user] of changed.entries()) {
        expect(user).toMatchObject({ id: people[index]?.id, isActive: false, version: 2 });
        expect(await users.get(acme, user.id)).toEqual(user);
        const [, event] = await eventsOf(user.id);
        expect(event).toMatchObject({ type: 'user.deactivate', requestId: `request ${index}` });
      }
    });

    it('are refused each for its own reason, and the others are made with no second try', async () => {
      const people = await somePeople(5);
      const [first, a, b, c, d] = people as [User, User, User, User, User];
      const refusal = new Error('not like that');

      let outcomes: unknown[] = [];
      const units = await unitsOf(async () => {
        outcomes = await outcomesOf([
          users.change(acme, first.id, undefined, deactivated),
          users.change(acme, a.id, { among: [7] }, deactivated),
          users.change(acme, b.id, { among: [1] }, deactivated),
          users.change(acme, c.id, undefined, () => {
            throw refusal;
          }),
          users.change(acme, d.id, undefined, deactivated),
        ]);
      });

      expect(units).toBe(2);
      expect(outcomes).toEqual([
        expect.objectContaining({ id: first.id, version: 2 }),
        'version_mismatch',
        expect.objectContaining({ id: b.id, version: 2 }),
        String(refusal),
        expect.objectContaining({ id: d.id, version: 2 }),
      ]);
      for (const untouched of [a, c])
        expect(await users.get(acme, untouched.id)).toEqual(untouched);
    });

    it('fail each for its own reason when the unit of all fails', async () => {
      const [first, a, b, c, d] = (await somePeople(5)) as [User, User, User, User, User];
      const refusal = new Error('not like that');
      const rename =
        (userName: string) =>
        ({ profile, isActive }: User) => ({
          isActive,
          profile: { ...profile, userName },
        });

      const outcomes = await outcomesOf([
        users.change(acme, first.id, undefined, deactivated),
        users.change(acme, a.id, { among: [7] }, deactivated),
        users.change(acme, b.id, { among: [1] }, deactivated),
        users.change(acme, newId(), undefined, deactivated),
        users.change(acme, 'no id', undefined, deactivated),
        users.change(acme, c.id, undefined, () => {
          throw refusal;
        }),
        users.change(acme, d.id, undefined, rename('person 0')),
        users.change(acme, c.id, undefined, rename('renamed')),
      ]);

      expect(outcomes).toEqual([
        expect.objectContaining({ id: first.id, version: 2 }),
        'version_mismatch',
        expect.objectContaining({ id: b.id, version: 2 }),
        'not_found',
        'not_found',
        String(refusal),
        'conflict',
        expect.objectContaining({ id: c.id, version: 2 }),
      ]);
      expect(await users.get(acme, a.id)).toEqual(a);
      expect(await users.get(acme, d.id)).toEqual(d);
      expect((await users.get(acme, c.id)).profile.userName).toBe('renamed');
    });

    it('of the same user are made one after the other', async () => {
      const [other, user] = (await somePeople(2)) as [User, User];
      const count = ({ profile, isActive, data }: User): UserDraft => ({
        profile,
        isActive,
        data: { n: Number(data.n ?? 0) + 1 },
      });

      await Promise.all([
        users.change(acme, other.id, undefined, count),
        ...many(10).map(() => users.change(acme, user.id, undefined, count)),
      ]);

      expect(await users.get(acme, user.id)).toMatchObject({ version: 11, data: { n: 10 } });
    });

    it('of which one sees the version that another has made: one of them comes first', async () => {
      const [other, user] = (await somePeople(2)) as [User, User];

      const outcomes = await outcomesOf([
        users.change(acme, other.id, undefined, deactivated),
        ...many(8).map((index) =>
          users.change(acme, user.id, { among: [1] }, ({ profile, isActive }) => ({
            profile,
            isActive,
            data: { winner: index },
          })),
        ),
      ]);

      expect(outcomes.filter((one) => one === 'version_mismatch')).toHaveLength(7);
      expect((await users.get(acme, user.id)).version).toBe(2);
    });
  });

  describe('changes of the members of one group', () => {
    const unchanged = ({ name, profile, externalId }: Group) => ({
      name,
      profile,
      externalId,
    });
    const add = (...ids: string[]): MembershipStep => ({
      kind: 'add',
      members: ids.map((id) => ({ id })),
    });
    const remove = (...ids: string[]): MembershipStep => ({ kind: 'remove', ids });
    const change = (number: number, group: Group, ...steps: MembershipStep[]) =>
      groups.change(request(number), group.id, undefined, unchanged, steps);
    const aGroup = (name: string, ...ids: string[]) =>
      groups.create(
        acme,
        { name, profile: {} },
        ids.map((id) => ({ id })),
      );
    const membersOf = async (group: Group) => {
      const fresh = await groups.get(acme, group.id);
      const members = (await groups.membersOf(acme, [fresh])).get(group.pk) ?? [];
      expect(fresh.memberCount).toBe(members.length);
      return members.map(({ id }) => id);
    };

    it('are made in few units, each with its own version and its own record', async () => {
      const people = await somePeople(20);
      const ids = people.map(({ id }) => id);
      const group = await aGroup('Sales', ...ids.slice(0, 10));

      let changed: Group[] = [];
      const units = await unitsOf(async () => {
        changed = await Promise.all(
          ids.map((id, index) => change(index, group, index < 10 ? remove(id) : add(id))),
        );
      });

      expect(units).toBe(2);
      expect(changed.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        many(20).map((index) => group.version + 1 + index),
      );
      expect(await membersOf(group)).toEqual(ids.slice(10));
      expect(await groups.get(acme, group.id)).toMatchObject({ version: group.version + 20 });
      const events = (await eventsOf(group.id)).filter(({ type }) =>
        type.startsWith('group.member'),
      );
      expect(events.slice(1)).toEqual(
        ids.map((id, index) => ({
          type: index < 10 ? 'group.member.delete' : 'group.member.create',
          requestId: `request ${index}`,
          actorId: okta.id,
          before: index < 10 ? { members: [id] } : null,
          after: index < 10 ? null : { members: [id] },
        })),
      );
      const after = await Promise.all(ids.map((id) => users.get(acme, id)));
      expect(after.map(({ membershipVersion }) => membershipVersion)).toEqual(
        many(20).map((index) => (index < 10 ? 2 : 1)),
      );
    });

    it('fail each for its own reason, and leave no trace where they change nothing', async () => {
      const ids = (await somePeople(7)).map(({ id }) => id) as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const group = await aGroup('Sales', ids[0]);
      const child = await aGroup('Inside Sales');
      const refusal = new Error('not like that');

      const outcomes = await outcomesOf([
        change(0, group, add(ids[1])),
        change(1, group, add(ids[2])),
        change(2, group, add(newId())),
        change(3, group, add(ids[0])),
        change(4, group, remove(newId())),
        change(5, group, add(child.id)),
        change(6, group, add(group.id)),
        groups.change(request(7), group.id, { among: [999] }, unchanged, [add(ids[3])]),
        groups.change(
          request(8),
          group.id,
          undefined,
          () => {
            throw refusal;
          },
          [add(ids[3])],
        ),
        groups.change(
          request(9),
          group.id,
          undefined,
          (before) => ({ ...unchanged(before), name: 'Sold' }),
          [add(ids[4])],
        ),
        change(10, group, add(ids[5])),
        change(11, group, {
          kind: 'removeWhere',
          condition: { kind: 'compare', field: 'id', operator: 'eq', value: ids[5] },
        }),
      ]);

      const isGroup = expect.objectContaining({ id: group.id });
      expect(outcomes).toEqual([
        isGroup,
        isGroup,
        'invalid',
        isGroup,
        isGroup,
        isGroup,
        'invalid',
        'version_mismatch',
        String(refusal),
        isGroup,
        isGroup,
        isGroup,
      ]);
      expect(new Set(await membersOf(group))).toEqual(
        new Set([ids[0], ids[1], ids[2], child.id, ids[4]]),
      );
      // Those of the requests 0, 1, 5, 9, 10 and 11 changed something.
      expect(await groups.get(acme, group.id)).toMatchObject({
        name: 'Sold',
        version: group.version + 6,
      });
    });

    it('are refused each for its own reason, and the others are made with no second try', async () => {
      const ids = (await somePeople(4)).map(({ id }) => id);
      const group = await aGroup('Sales');
      const refusal = new Error('not like that');
      const refuse = () => {
        throw refusal;
      };

      let outcomes: unknown[] = [];
      const units = await unitsOf(async () => {
        outcomes = await outcomesOf(
          ids.map((id, index) =>
            groups.change(request(index), group.id, undefined, index === 2 ? refuse : unchanged, [
              add(id),
            ]),
          ),
        );
      });

      expect(units).toBe(2);
      expect(outcomes).toEqual([
        expect.objectContaining({ memberCount: 1 }),
        expect.objectContaining({ memberCount: 2 }),
        String(refusal),
        expect.objectContaining({ memberCount: 3 }),
      ]);
      expect(await membersOf(group)).toEqual([ids[0], ids[1], ids[3]]);
    });

    it('know nothing of a group of another tenant', async () => {
      const [user] = (await somePeople(1)) as [User];
      const group = await aGroup('Sales');
      const globex = tenantContext(
        { actor: okta, requestId: 'other' },
        (await rooms.aTenant(`Globex ${tenantNumber}`)).tenantId,
      );

      const outcomes = await outcomesOf(
        many(4).map(() => groups.change(globex, group.id, undefined, unchanged, [add(user.id)])),
      );

      expect(outcomes).toEqual(['not_found', 'not_found', 'not_found', 'not_found']);
      expect(await membersOf(group)).toEqual([]);
    });

    it('come to what some order of them comes to', async () => {
      const ids = (await somePeople(4)).map(({ id }) => id);
      const operation = fc.record({
        isComing: fc.boolean(),
        people: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
        actor: fc.constantFrom(okta, apiKey),
      });
      let groupNumber = 0;

      await fc.assert(
        fc.asyncProperty(
          fc.array(operation, { minLength: 2, maxLength: 8 }),
          async (operations) => {
            groupNumber += 1;
            const group = await aGroup(`Group ${groupNumber}`, ids[0] ?? '');
            const changed = await Promise.all(
              operations.map(({ isComing, people, actor }, index) => {
                const chosen = people.map((person) => ids[person] ?? '');
                const step = isComing ? add(...chosen) : remove(...chosen);
                return groups.change(request(index, actor), group.id, undefined, unchanged, [step]);
              }),
            );

            const members = await membersOf(group);
            const events = (await eventsOf(group.id)).filter(({ type }) =>
              type.startsWith('group.member'),
            );
            // The record tells an order: replayed, it comes to the same members, and nobody comes or goes twice.
            const replayed = new Set<string>();
            for (const { type, before, after } of events) {
              for (const id of after?.members ?? before?.members) {
                expect(replayed.has(id)).toBe(type === 'group.member.delete');
                if (type === 'group.member.create') replayed.add(id);
                else replayed.delete(id);
              }
            }
            expect(replayed).toEqual(new Set(members));
            const versions = new Set(changed.map(({ version }) => version));
            versions.delete(group.version);
            const last = (await groups.get(acme, group.id)).version;
            expect(last).toBe(
              group.version + new Set(events.slice(1).map(({ requestId }) => requestId)).size,
            );
            expect(Math.max(group.version, ...versions)).toBe(last);
          },
        ),
        { numRuns: 40 },
      );
    }, 60_000);
  });
});

/** SQLite has one writer at a time, and no rows that are held. */
describe.each(databases.filter(({ name }) => name === 'postgres'))(
  'changes that come together on $name, where others hold a row',
  (database) => {
    let rooms: TestRooms;
    let users: UserService;
    let acme: TenantContext;
    let elsewhere: DataSource;
    let holder: QueryRunner;

    beforeEach(async () => {
      rooms = await openRooms(database);
      users = rooms.get(UserService);
      const { tenantId } = await rooms.aTenant('Acme');
      acme = tenantContext({ actor: okta, requestId: 'request' }, tenantId);
      elsewhere = await createDataSource(dataSourceOptions(rooms.database.settings)).initialize();
      holder = elsewhere.createQueryRunner();
      await holder.startTransaction();
    });
    afterEach(async () => {
      await holder.release();
      await elsewhere.destroy();
      await rooms.close();
    });

    const named = (userName: string): UserDraft => ({ isActive: true, profile: { userName } });
    const people = (count: number) =>
      users.createAll(
        acme,
        many(count).map((index) => ({ id: newId(), draft: named(`person ${index}`) })),
      );
    const deactivate = ({ id }: User) =>
      users.change(acme, id, undefined, ({ profile }) => ({ profile, isActive: false }));

    it('leave out whom another is changing, and go on meanwhile', async () => {
      const [first, held, a, b] = (await people(4)) as [User, User, User, User];
      await holder.query('select 1 from users where pk = $1 for no key update', [held.pk]);

      const done: string[] = [];
      const all = [first, held, a].map((user) =>
        deactivate(user).finally(() => done.push(user.id)),
      );
      await Promise.all([all[0], all[2]]);
      await deactivate(b);
      expect(done).not.toContain(held.id);
      await holder.commitTransaction();

      expect(await all[1]).toMatchObject({ isActive: false, version: 2 });
    });

    it('leave out who takes a name that another may have taken, and hold nobody meanwhile', async () => {
      const [first, renamed, a, b] = (await people(4)) as [User, User, User, User];
      await holder.query(`update users set name_key = 'wanted' where pk = $1`, [first.pk]);

      const done: string[] = [];
      const rename = users
        .change(acme, renamed.id, undefined, ({ isActive }) => ({
          isActive,
          profile: { userName: 'wanted' },
        }))
        .finally(() => done.push(renamed.id));
      await Promise.all([a, b].map(deactivate));
      await holder.query('select 1 from users where pk = any($1) for update', [[a.pk, b.pk]]);
      expect(done).not.toContain(renamed.id);
      await holder.rollbackTransaction();

      expect((await rename).profile.userName).toBe('wanted');
    });
  },
);

describe.each(databases.filter(({ name }) => name === 'sqlite'))(
  'changes that come together on $name, where another process writes',
  (database) => {
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('are told so after one wait for all of them, and nothing is made', async () => {
      const rooms = await openRooms(database);
      const users = rooms.get(UserService);
      const { tenantId } = await rooms.aTenant('Acme');
      const acme = tenantContext({ actor: okta, requestId: 'request' }, tenantId);
      const elsewhere = await createDataSource(
        dataSourceOptions(rooms.database.settings),
      ).initialize();
      const holder = elsewhere.createQueryRunner();
      try {
        await holder.startTransaction();
        const run = jest.spyOn(SqliteConnection.prototype, 'run');

        const outcomes = await outcomesOf(
          many(80).map((index) =>
            users.create(acme, { isActive: true, profile: { userName: `person ${index}` } }),
          ),
        );

        expect(outcomes).toEqual(many(80).map(() => 'unavailable'));
        expect(run.mock.calls.filter(([text]) => text === 'begin immediate')).toHaveLength(1);
        await holder.rollbackTransaction();
        const page = await users.search(acme, everything, { offset: 0, limit: 100 });
        expect(page.total).toBe(0);
      } finally {
        await holder.release();
        await elsewhere.destroy();
        await rooms.close();
      }
    });
  },
);
