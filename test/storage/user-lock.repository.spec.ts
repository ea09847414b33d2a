import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { User, UserDraft } from '../../src/directory/user.js';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { newId } from '../../src/kernel/ids.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const okta: Actor = { kind: 'scim_client', id: '11111111-1111-4111-8111-111111111111' };
const entra: Actor = { kind: 'scim_client', id: '22222222-2222-4222-8222-222222222222' };
const keepers: readonly Actor[] = [
  { kind: 'administrator', id: 'root' },
  { kind: 'api_key', id: 'key' },
];

describe.each(databases)('locks on names on $name', (database) => {
  let rooms: TestRooms;
  let users: UserService;
  let acme: TenantContext;
  let globex: TenantContext;
  let tenantNumber = 0;
  const as = (context: TenantContext, actor: Actor) =>
    tenantContext({ actor, requestId: 'test' }, context.tenantId);

  beforeAll(async () => {
    rooms = await openRooms(database);
    users = rooms.get(UserService);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    acme = as(await rooms.aTenant(`Acme ${tenantNumber}`), okta);
    globex = as(await rooms.aTenant(`Globex ${tenantNumber}`), okta);
  });

  const draft = (userName: string, isActive = true): UserDraft => ({
    isActive,
    profile: { userName },
  });
  const change = (context: TenantContext, user: User, userName: string, isActive: boolean) =>
    users.change(context, user.id, undefined, () => draft(userName, isActive));

  async function aLocked(userName: string, keeper: Actor): Promise<User> {
    const user = await users.create(acme, draft(userName));
    return change(as(acme, keeper), user, userName, false);
  }

  describe.each(keepers)('by $kind', (keeper) => {
    it('S4 outlive a delete and a create over SCIM, in any case of the name', async () => {
      const first = await aLocked('Ada', keeper);
      await users.delete(acme, first.id);

      const again = await users.create(as(acme, entra), draft('ADA'));
      const tried = await change(acme, again, 'ADA', true);

      expect(again).toMatchObject({ isActive: false, deactivatedBy: keeper, version: 1 });
      expect(await users.get(acme, again.id)).toEqual(tried);
      expect(tried).toMatchObject({ isActive: false, deactivatedBy: keeper });
      expect(again.id).not.toBe(first.id);
    });

    it('S4 outlive as many deletes as there are', async () => {
      let user = await aLocked('ada', keeper);
      for (let round = 0; round < 3; round += 1) {
        await users.delete(acme, user.id);
        user = await users.create(acme, draft('ada'));
      }

      expect(user).toMatchObject({ isActive: false, deactivatedBy: keeper });
    });

    it('S4 are not in another tenant', async () => {
      await users.delete(acme, (await aLocked('ada', keeper)).id);

      const elsewhere = await users.create(globex, draft('ada'));
      await users.delete(globex, elsewhere.id);
      await users.create(as(globex, keeper), draft('ada'));

      expect(elsewhere).toMatchObject({ isActive: true, deactivatedBy: undefined });
      expect((await users.create(acme, draft('ada'))).isActive).toBe(false);
    });

    it('S4 stay on the name that a SCIM client changes, and on the new one', async () => {
      const user = await aLocked('ada', keeper);
      await change(acme, user, 'ada.old', true);
      await users.delete(acme, user.id);

      expect((await users.create(acme, draft('ada'))).isActive).toBe(false);
      expect((await users.create(acme, draft('ada.old'))).isActive).toBe(false);
      expect((await users.create(acme, draft('ada.new'))).isActive).toBe(true);
    });

    it('S4 come with a name that a SCIM client takes by a change', async () => {
      await users.delete(acme, (await aLocked('ada', keeper)).id);
      const other = await users.create(acme, draft('other'));

      const renamed = await change(acme, other, 'ada', true);

      expect(renamed).toMatchObject({ isActive: false, deactivatedBy: keeper });
      expect(await users.get(acme, other.id)).toEqual(renamed);
    });

    it('end when one who may lock makes the user', async () => {
      await users.delete(acme, (await aLocked('ada', keeper)).id);

      const made = await users.create(as(acme, keeper), draft('ada'));
      await users.delete(acme, made.id);

      expect(made.isActive).toBe(true);
      expect((await users.create(acme, draft('ada'))).isActive).toBe(true);
    });

    it('end for every name, when one who may lock makes several users', async () => {
      const names = ['ada', 'bob', 'cy'];
      for (const name of names) await users.delete(acme, (await aLocked(name, keeper)).id);

      const made = await users.createAll(
        as(acme, keeper),
        names.map((name) => ({ id: newId(), draft: draft(name) })),
      );
      for (const { id } of made) await users.delete(acme, id);

      for (const name of names)
        expect([name, (await users.create(acme, draft(name))).isActive]).toEqual([name, true]);
    });

    it('end for both names of one who is let in under another', async () => {
      await users.delete(acme, (await aLocked('ada', keeper)).id);
      await users.delete(acme, (await aLocked('bob', keeper)).id);
      const ada = await users.create(acme, draft('ada'));

      await change(as(acme, keeper), ada, 'bob', true);
      await users.delete(acme, ada.id);

      expect((await users.create(acme, draft('ada'))).isActive).toBe(true);
      expect((await users.create(acme, draft('bob'))).isActive).toBe(true);
    });

    it('end when one who may lock lets the user in again', async () => {
      await users.delete(acme, (await aLocked('ada', keeper)).id);
      const again = await users.create(acme, draft('ada'));

      const letIn = await change(as(acme, keeper), again, 'ada', true);
      await users.delete(acme, again.id);

      expect(letIn).toMatchObject({ isActive: true, deactivatedBy: undefined });
      expect((await users.create(acme, draft('ada'))).isActive).toBe(true);
    });

    it('are nothing that a delete by who may lock leaves behind', async () => {
      const user = await aLocked('ada', keeper);
      await users.delete(as(acme, keeper), user.id);

      expect((await users.create(acme, draft('ada'))).isActive).toBe(true);
    });
  });

  it('are not made by the deactivation of a SCIM client', async () => {
    const user = await users.create(acme, draft('ada', false));
    await users.delete(acme, user.id);

    expect((await users.create(as(acme, entra), draft('ada'))).isActive).toBe(true);
  });

  it('go with their tenant', async () => {
    const [keeper = okta] = keepers;
    await users.delete(acme, (await aLocked('ada', keeper)).id);

    await rooms.get(TenantService).delete(testContext, acme.tenantId);

    const left = await rooms
      .get(UnitOfWork)
      .query(sql`select 1 from user_locks where tenant_id = ${acme.tenantId}`);
    expect(left).toEqual([]);
  });
});
