import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserRepository } from '../../src/directory/user.repository.js';
import { UserService } from '../../src/directory/user.service.js';
import { everything } from '../../src/kernel/condition.js';
import { newId } from '../../src/kernel/ids.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { planOf, statementsOf } from '../support/plan.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

/** More than two blocks of row numbers, which two tenants share between them. */
const chunks = 10;
const chunkSize = 500;

describe.each(databases)('a long list on $name', (database) => {
  let rooms: TestRooms;
  let users: UserService;
  let acme: TenantContext;
  let globex: TenantContext;
  /** The ids of a tenant's users in the order in which they came. */
  const ids = new Map<string, string[]>();

  beforeAll(async () => {
    rooms = await openRooms(database);
    users = rooms.get(UserService);
    [acme, globex] = [await rooms.aTenant('Acme'), await rooms.aTenant('Globex')];
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      for (const context of [acme, globex]) await addMany(context, chunk);
    }
  });
  afterAll(() => rooms.close());

  async function addMany(context: TenantContext, chunk: number): Promise<void> {
    const now = rooms.clock.now();
    const added = Array.from({ length: chunkSize }, (_, index) => ({
      id: newId(),
      tenantId: context.tenantId,
      isActive: true,
      deactivatedBy: undefined,
      version: 1,
      membershipVersion: 0,
      created: now,
      changed: now,
      createdByClient: undefined,
      changedByClient: undefined,
      externalIds: {},
      externalId: undefined,
      profile: { userName: `person-${chunk}-${index}@example.com` },
      data: {},
    }));
    await rooms.get(UnitOfWork).run(() => rooms.get(UserRepository).insertAll(context, added));
    const known = ids.get(context.tenantId) ?? [];
    ids.set(context.tenantId, [...known, ...added.map(({ id }) => id)]);
  }

  const pageAt = async (context: TenantContext, offset: number, limit = 3) => {
    const { items, total } = await users.search(context, everything, { offset, limit });
    return { ids: items.map(({ id }) => id), total };
  };
  const expected = (context: TenantContext, offset: number, limit = 3) => {
    const all = ids.get(context.tenantId) ?? [];
    return { ids: all.slice(offset, offset + limit), total: all.length };
  };
  const offsets = [0, 499, 500, 2_047, 2_048, 4_094, 4_095, 4_096, 4_097, 4_990, 4_998, 4_999];

  it('has the same page at every position as stepping through it would find', async () => {
    for (const offset of offsets) {
      expect(await pageAt(acme, offset)).toEqual(expected(acme, offset));
      expect(await pageAt(globex, offset)).toEqual(expected(globex, offset));
    }
  });

  it('is empty past its end, and still tells its length', async () => {
    for (const offset of [5_000, 5_001, 1_000_000, Number.MAX_SAFE_INTEGER - 1])
      expect(await pageAt(acme, offset)).toEqual({ ids: [], total: 5_000 });
    expect(await pageAt(acme, 0, 0)).toEqual({ ids: [], total: 5_000 });
  });

  it('gives every row once, page by page', async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < 5_000; offset += 200)
      seen.push(...(await pageAt(acme, offset, 200)).ids);

    expect(seen).toEqual(ids.get(acme.tenantId));
  });

  it('is read from the index of user names when it is sorted by them, also from a mark on', async () => {
    const sort = { field: 'userName', isDescending: false } as const;
    const first = await users.search(acme, everything, { after: undefined, limit: 3 }, sort);
    const unitOfWork = rooms.get(UnitOfWork);
    for (const part of [
      { offset: 0, limit: 3 },
      { after: first.next, limit: 3 },
    ]) {
      const [statement = sql``] = await statementsOf(unitOfWork, () =>
        users.search(acme, everything, part, sort),
      );
      // SQLite names the index of the constraint by itself.
      expect(await planOf(unitOfWork, statement)).toMatch(/users_name/);
    }
    const second = await users.search(acme, everything, { after: first.next, limit: 3 }, sort);
    const whole = await users.search(acme, everything, { offset: 0, limit: 6 }, sort);
    expect([...first.items, ...second.items]).toEqual(whole.items);
  });

  it('moves up where somebody left, in that tenant alone', async () => {
    const all = ids.get(acme.tenantId) ?? [];
    const gone = new Set([0, 1, 777, 2_048, 2_049, 4_096, 4_999].map((position) => all[position]));
    for (const id of gone) await users.delete(acme, id ?? '');
    ids.set(
      acme.tenantId,
      all.filter((id) => !gone.has(id)),
    );

    for (const offset of offsets) {
      expect(await pageAt(acme, offset)).toEqual(expected(acme, offset));
      expect(await pageAt(globex, offset)).toEqual(expected(globex, offset));
    }
  });

  it('adds all of many or none: a name that is taken undoes the rest', async () => {
    await expect(addMany(acme, 0)).rejects.toMatchObject({ code: 'conflict' });

    expect((await pageAt(acme, 0)).total).toBe(4_993);
  });
});
