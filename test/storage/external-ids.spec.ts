import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GroupService } from '../../src/directory/group.service.js';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { type Condition, everything } from '../../src/kernel/condition.js';
import type { PartOf, Sort } from '../../src/kernel/page.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const wholePage = { offset: 0, limit: 100 };
const clientOf = (digit: number): Actor => ({
  kind: 'scim_client',
  id: '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit)),
});
const administrator: Actor = { kind: 'administrator', id: 'root' };

type Operator = Extract<Condition, { kind: 'compare' }>['operator'];

/** What the tests ask of users and of groups alike. */
interface Owners {
  readonly create: (
    context: TenantContext,
    name: string,
    externalId?: string,
  ) => Promise<{ readonly id: string; readonly pk: number }>;
  /** Gives and, without one, takes away an external id, and may rename its owner in one go. */
  readonly name: (
    context: TenantContext,
    id: string,
    externalId?: string,
    name?: string,
  ) => Promise<unknown>;
  readonly shown: (context: TenantContext, id: string) => Promise<string | undefined>;
  readonly find: (
    context: TenantContext,
    condition: Condition<'externalId'>,
    isDescending?: boolean,
  ) => Promise<string[]>;
}

/** @param isDescending undefined for the order in which they came */
function sortedBy(isDescending: boolean | undefined): Sort<'externalId'> | undefined {
  return isDescending === undefined ? undefined : { field: 'externalId', isDescending };
}

function idsOf({ items }: PartOf<{ readonly id: string }>): string[] {
  return items.map(({ id }) => id);
}

function usersOf(rooms: TestRooms): Owners {
  const users = rooms.get(UserService);
  return {
    create: (context, userName, externalId) =>
      users.create(context, { isActive: true, externalId, profile: { userName } }),
    name: (context, id, externalId, userName) =>
      users.change(context, id, undefined, ({ profile }) => ({
        isActive: true,
        externalId,
        profile: userName === undefined ? profile : { ...profile, userName },
      })),
    shown: async (context, id) => (await users.get(context, id)).externalId,
    find: async (context, condition, isDescending) => {
      const sort = sortedBy(isDescending);
      return idsOf(await users.search(context, condition, wholePage, sort));
    },
  };
}

function groupsOf(rooms: TestRooms): Owners {
  const groups = rooms.get(GroupService);
  return {
    create: (context, name, externalId) =>
      groups.create(context, { name, externalId, profile: {} }, []),
    name: (context, id, externalId, name) =>
      groups.change(context, id, undefined, (before) => ({
        name: name ?? before.name,
        externalId,
        profile: before.profile,
      })),
    shown: async (context, id) => (await groups.get(context, id)).externalId,
    find: async (context, condition, isDescending) => {
      const sort = sortedBy(isDescending);
      return idsOf(await groups.search(context, condition, wholePage, sort));
    },
  };
}

function asks(operator: Operator, value: string): Condition<'externalId'> {
  return { kind: 'compare', field: 'externalId', operator, value };
}

describe.each(databases)('external ids on $name', (database) => {
  let rooms: TestRooms;
  let tenantNumber = 0;
  let acme: TenantContext;
  const as = (actor: Actor) => tenantContext({ actor, requestId: 'test' }, acme.tenantId);

  beforeAll(async () => {
    rooms = await openRooms(database);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    acme = await rooms.aTenant(`Acme ${tenantNumber}`);
  });

  const kinds = [
    ['user', usersOf],
    ['group', groupsOf],
  ] as const;

  describe.each(kinds)('of a %s', (kind, ownersOf) => {
    /** What is in the index, and in the row. */
    async function kept(pk: number): Promise<unknown[]> {
      const unitOfWork = rooms.get(UnitOfWork);
      const [table, key] = [sql.raw(`${kind}_external_ids`), sql.raw(`${kind}_pk`)];
      const rows = await unitOfWork.query<{ client: string; value: string }>(
        sql`select client_entity_id as client, external_id as value from ${table} where ${key} = ${pk}`,
      );
      const [row] = await unitOfWork.query<{ external_ids: string }>(
        sql`select external_ids from ${sql.raw(`${kind}s`)} where pk = ${pk}`,
      );
      return [
        Object.fromEntries(rows.map(({ client, value }) => [client, value])),
        JSON.parse(row?.external_ids ?? 'null'),
      ];
    }

    it('are kept for each client, and read in the order of the clients by whom has none', async () => {
      const owners = ownersOf(rooms);
      const [third, second, first] = [clientOf(3), clientOf(2), clientOf(1)];
      const { id, pk } = await owners.create(as(third), 'Ada', 'of the third');
      const another = await owners.create(as(third), 'Bob', 'of the third too');
      await owners.name(as(first), id, 'of the first');
      await owners.name(as(second), id, 'of the second');
      const all = {
        [first.id]: 'of the first',
        [second.id]: 'of the second',
        [third.id]: 'of the third',
      };
      const shownTo = (actor: Actor) => owners.shown(as(actor), id);

      expect(await kept(pk)).toEqual([all, all]);
      expect([await shownTo(second), await shownTo(third)]).toEqual([
        'of the second',
        'of the third',
      ]);
      expect([await shownTo(clientOf(4)), await shownTo(administrator)]).toEqual([
        'of the first',
        'of the first',
      ]);

      await owners.name(as(first), id);
      await owners.name(as(third), id, 'of the third, anew');
      const left = { [second.id]: 'of the second', [third.id]: 'of the third, anew' };

      expect(await kept(pk)).toEqual([left, left]);
      const untouched = { [third.id]: 'of the third too' };
      expect(await kept(another.pk)).toEqual([untouched, untouched]);
      expect([await shownTo(first), await shownTo(administrator)]).toEqual([
        'of the second',
        'of the second',
      ]);
    });

    it('are not copied by a client that sends back what it reads, whatever else it changes', async () => {
      const owners = ownersOf(rooms);
      const [first, second] = [clientOf(1), clientOf(2)];
      const { id, pk } = await owners.create(as(first), 'Ada', 'of the first');

      const left = { [first.id]: 'of the first' };

      await owners.name(as(second), id, 'of the first', 'Ann');
      expect(await kept(pk)).toEqual([left, left]);
      await owners.name(as(second), id, undefined, 'Anna');
      expect(await kept(pk)).toEqual([left, left]);
    });

    it.each<[Operator, string, boolean]>([
      ['eq', 'a"b\\c', true],
      ['eq', 'A"b\\c', false],
      ['ne', 'a"b\\c', false],
      ['ne', 'another', true],
      ['co', '"b', true],
      ['sw', 'a"', true],
      ['ew', '\\c', true],
      ['gt', 'Z', true],
      ['lt', 'b', true],
    ])('are searched as the client reads them: %s %j is %j', async (operator, value, isMet) => {
      const owners = ownersOf(rooms);
      const { id } = await owners.create(as(clientOf(3)), 'Ada', '~');
      await owners.name(as(clientOf(2)), id, 'a"b\\c');
      const nameless = await owners.create(as(administrator), 'Bob');
      const all = [id, nameless.id];
      const met = [...(isMet ? [id] : []), ...(operator === 'ne' ? [nameless.id] : [])];
      const condition = asks(operator, value);

      for (const actor of [clientOf(2), clientOf(1), administrator])
        expect(await owners.find(as(actor), condition)).toEqual(met);
      expect(await owners.find(as(clientOf(1)), { kind: 'not', condition })).toEqual(
        all.filter((one) => !met.includes(one)),
      );
      expect(await owners.find(as(clientOf(3)), asks('eq', value))).toEqual([]);
      expect(await owners.find(as(clientOf(3)), asks('ne', value))).toEqual(all);
    });

    it('are put in the order in which the client reads them, by code point', async () => {
      const owners = ownersOf(rooms);
      const values = ['b', 'B', 'ä', '\u{1f600}', '\uffee'];
      const ids: string[] = [];
      for (const [index, value] of values.entries()) {
        const { id } = await owners.create(as(clientOf(3)), `n${index}`, String(index));
        await owners.name(as(clientOf(2)), id, value);
        ids.push(id);
      }
      const inOrder = [1, 0, 2, 4, 3].map((index) => ids[index]);

      for (const actor of [clientOf(2), clientOf(1), administrator]) {
        expect(await owners.find(as(actor), everything, false)).toEqual(inOrder);
        expect(await owners.find(as(actor), everything, true)).toEqual(inOrder.toReversed());
      }
      expect(await owners.find(as(clientOf(3)), everything, false)).toEqual(ids);
      expect(await owners.find(as(clientOf(3)), { kind: 'present', field: 'externalId' })).toEqual(
        ids,
      );
    });
  });
});
