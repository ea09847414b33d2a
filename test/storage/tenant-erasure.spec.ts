import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GroupService } from '../../src/directory/group.service.js';
import { UserRepository } from '../../src/directory/user.repository.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { newId } from '../../src/kernel/ids.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { rowsPerStep } from '../../src/tenants/tenant-content.repository.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { TenantEraser } from '../../src/tenants/tenant-eraser.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { TokenVerifier } from '../../src/tokens/token-verifier.js';
import { databases, type FreshDatabase } from '../support/databases.js';
import { openRooms, openRoomsOn, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

/** More than two steps. */
const userCount = 2 * rowsPerStep + 10;

const tables = ['users', 'user_values', 'groups', 'entities', 'entity_grants', 'tokens'];

const noToken = {
  isEnabled: false,
  lifetimeSeconds: undefined,
  keyId: undefined,
  verificationKeyIds: [],
};

describe.each(databases)('the deletion of a tenant on $name', (database) => {
  let rooms: TestRooms;
  let acme: TenantContext;
  let globex: TenantContext;
  let token: string;

  beforeEach(async () => {
    rooms = await openRooms(database);
    [acme, globex] = [await rooms.aTenant('Acme'), await rooms.aTenant('Globex')];
    const type = await rooms
      .get(EntityTypeService)
      .create(testContext, { name: 'API', token: noToken, data: {} });
    for (const context of [globex, acme]) token = await fill(context, type.id);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rooms.close();
  });

  /** People, a group with all of them, two entities with a grant, and a token that is on record. */
  async function fill(context: TenantContext, typeId: string): Promise<string> {
    const now = rooms.clock.now();
    const users = Array.from({ length: userCount }, (_, index) => ({
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
      profile: { userName: `person-${index}@example.com` },
      data: {},
    }));
    const unitOfWork = rooms.get(UnitOfWork);
    await unitOfWork.run(() => rooms.get(UserRepository).insertAll(context, users));
    const group = await rooms.get(GroupService).create(context, { name: 'All', profile: {} }, []);
    await unitOfWork.execute(sql`insert into group_members (group_pk, user_pk, id, data, created)
      select g.pk, u.pk, u.id, '{}', 0 from groups g join users u on u.tenant_id = g.tenant_id
      where g.id = ${group.id}`);
    const anEntity = (name: string) =>
      rooms.get(EntityService).create(context, { name, typeId, parentId: undefined, data: {} });
    const [target, client] = [await anEntity('Target'), await anEntity('Client')];
    await rooms.get(GrantService).save(context, target.entity.id, {
      recipient: { entityId: client.entity.id },
      permissions: [],
      data: {},
    });
    const scope = `target-entity:${target.entity.id}`;
    const issued = await rooms
      .get(TokenService)
      .issue(context, client.entity, scope, { lifetimeSeconds: 30 * 24 * 3600 });
    return issued.accessToken;
  }

  async function rowsOf({ tenantId }: TenantContext): Promise<number[]> {
    const counts: number[] = [];
    for (const table of tables) {
      const [row] = await rooms.get(UnitOfWork).query<{
        n: number;
      }>(sql`select count(*) as n from ${sql.raw(table)} where tenant_id = ${tenantId}`);
      counts.push(Number(row?.n));
    }
    return counts;
  }

  /** As a process leaves it that ends in the midst of the work. */
  const mark = () =>
    rooms
      .get(UnitOfWork)
      .execute(sql`update tenants set state = 'PendingDelete' where id = ${acme.tenantId}`);

  const isThere = async ({ tenantId }: TenantContext) =>
    (await rooms.get(TenantService).find(tenantId)) !== undefined;

  const isGood = async () => (await rooms.get(TokenVerifier).verify(token, 'test')).isGood;

  it('takes all of it and nothing of another tenant, a few rows at a time', async () => {
    const execute = jest.spyOn(UnitOfWork.prototype, 'execute');
    const before = await rowsOf(globex);

    await rooms.get(TenantService).delete(testContext, acme.tenantId);

    const affected = await Promise.all(execute.mock.results.map(({ value }) => value));
    expect(Math.max(...affected.map(Number))).toBe(rowsPerStep);
    expect(await isThere(acme)).toBe(false);
    expect(await rowsOf(acme)).toEqual(tables.map(() => 0));
    expect(await rowsOf(globex)).toEqual(before);
    expect(await isThere(globex)).toBe(true);
  });

  it('stops its tokens and its changes at once, and is recorded once', async () => {
    const tenants = rooms.get(TenantService);
    expect(await isGood()).toBe(true);

    await tenants.deleteWithoutWaiting(testContext, acme.tenantId);

    expect(await isGood()).toBe(false);
    await rooms.get(TenantEraser).erase(acme.tenantId);
    await expect(tenants.delete(testContext, acme.tenantId)).rejects.toMatchObject({
      code: 'not_found',
    });
    const events = await rooms
      .get(UnitOfWork)
      .query(sql`select actor_id from events where type = 'tenant.delete'`);
    expect(events).toEqual([{ actor_id: testContext.actor.id }]);
  });

  it('refuses to change a tenant that is going', async () => {
    await mark();

    const change = rooms
      .get(TenantService)
      .change(testContext, acme.tenantId, (tenant) => ({ ...tenant, name: 'Other' }));

    await expect(change).rejects.toMatchObject({ code: 'invalid' });
  });

  it('goes on where a process has left it, and leaves other tenants alone', async () => {
    await mark();
    const before = await rowsOf(globex);

    await rooms.get(TenantEraser).resume();

    expect(await isThere(acme)).toBe(false);
    expect(await rowsOf(acme)).toEqual(tables.map(() => 0));
    expect(await rowsOf(globex)).toEqual(before);
  });

  it('is shared by processes that work at it together', async () => {
    const shared: FreshDatabase = { ...rooms.database, drop: () => Promise.resolve() };
    const others = await openRoomsOn(shared);
    try {
      await mark();

      await Promise.all([
        rooms.get(TenantEraser).erase(acme.tenantId),
        others.get(TenantEraser).erase(acme.tenantId),
      ]);

      expect(await isThere(acme)).toBe(false);
      expect(await rowsOf(acme)).toEqual(tables.map(() => 0));
    } finally {
      await others.close();
    }
  });

  it('never begins for a tenant that is not marked', async () => {
    const before = await rowsOf(acme);

    await rooms.get(TenantEraser).erase(acme.tenantId);

    expect(await rowsOf(acme)).toEqual(before);
    expect(await isThere(acme)).toBe(true);
  });
});
