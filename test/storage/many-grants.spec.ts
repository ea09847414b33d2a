import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const grantCount = 10_000;
const permissionCount = 15;

/** Of the processor, not of the clock: other tests run beside this one. A look at every row for each grant takes 30. */
const processorSecondsMax = 12;

const noToken = {
  isEnabled: false,
  lifetimeSeconds: undefined,
  keyId: undefined,
  verificationKeyIds: [],
};

describe.each(databases)('a target with very many grants on $name', (database) => {
  let rooms: TestRooms;
  let acme: TenantContext;
  let globex: TenantContext;
  let targetId: string;
  beforeAll(async () => {
    rooms = await openRooms(database);
    [acme, globex] = [await rooms.aTenant('Acme'), await rooms.aTenant('Globex')];
    const type = await rooms.get(EntityTypeService).create(
      testContext,
      { name: 'API', token: noToken, data: {} },
      Array.from({ length: permissionCount }, (_, index) => ({
        name: `permission-${index}`,
        description: undefined,
        isDefault: true,
        data: {},
      })),
    );
    const draft = { name: 'Target', typeId: type.id, parentId: undefined, data: {} };
    targetId = (await rooms.get(EntityService).create(acme, draft)).entity.id;
    await addRecipients(type.id);
  });
  afterAll(() => rooms.close());

  /** Written by the database itself: over the services it would take minutes. */
  async function addRecipients(typeId: string): Promise<void> {
    const unitOfWork = rooms.get(UnitOfWork);
    const numbers = sql`with recursive numbers(i) as
      (select 1 union all select i + 1 from numbers where i < ${sql.raw(String(grantCount))})`;
    const id = (kind: number) =>
      sql.raw(`'0000000${kind}-0000-4000-8000-' || substr(cast(1000000000000 + i as text), 2)`);
    const now = sql.raw('0');
    await unitOfWork.run(async () => {
      await unitOfWork.execute(sql`insert into entities
        (id, tenant_id, type_id, client_id, name, name_key, data, version, created, changed)
        ${numbers} select ${id(1)}, ${acme.tenantId}, ${typeId}, ${id(1)}, 'c', 'c', '{}', 1, ${now}, ${now}
        from numbers`);
      await unitOfWork.execute(sql`insert into entity_grants
        (id, tenant_id, target_id, recipient_entity_id, data, version, created, changed)
        ${numbers} select ${id(2)}, ${acme.tenantId}, ${targetId}, ${id(1)}, '{}', 1, ${now}, ${now}
        from numbers`);
      // In parts: on PostgreSQL each statement has its time.
      const permissions = await unitOfWork.query<{ id: string }>(
        sql`select id from entity_type_permissions where type_id = ${typeId}`,
      );
      for (const { id: permissionId } of permissions) {
        await unitOfWork.execute(sql`insert into entity_grant_permissions (grant_id, permission_id)
          select id, ${permissionId} from entity_grants where target_id = ${targetId}`);
      }
    });
  }

  const onTarget = (context: TenantContext) =>
    rooms
      .get(GrantService)
      .search(
        context,
        { kind: 'compare', field: 'targetId', operator: 'eq', value: targetId },
        [{ field: 'insertInstant', isDescending: false }],
        { offset: 0, limit: grantCount },
      );

  it('reads them all in time that grows with their number', async () => {
    const before = process.cpuUsage();

    const { items, total } = await onTarget(acme);

    const used = process.cpuUsage(before);
    expect(total).toBe(grantCount);
    expect(items).toHaveLength(grantCount);
    expect(items.every(({ permissions }) => permissions.length === permissionCount)).toBe(true);
    expect((used.user + used.system) / 1e6).toBeLessThan(processorSecondsMax);
  });

  it('shows none of them to another tenant', async () => {
    expect(await onTarget(globex)).toEqual({ items: [], total: 0 });
  });
});
