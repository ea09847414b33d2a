import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everything } from '../../src/kernel/condition.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const unknownId = '00000000-0000-4000-8000-000000000000';

describe.each(databases)('tenants on $name', (database) => {
  let rooms: TestRooms;
  let tenants: TenantService;
  beforeAll(async () => {
    rooms = await openRooms(database);
    tenants = rooms.get(TenantService);
  });
  afterAll(() => rooms.close());

  it('reads back what it wrote', async () => {
    const draft = {
      ...tenants.newTenantDraft('Acme'),
      settings: { themeId: 'x', nested: { list: [1, 'é', null] } },
      data: { a: true },
    };

    const created = await tenants.create(testContext, draft);

    expect(await tenants.get(created.id)).toEqual(created);
    expect(created).toMatchObject({
      ...draft,
      state: 'Active',
      version: 1,
      issuer: 'https://id.example.com',
    });
  });

  it('keeps a name for one tenant, whatever its case', async () => {
    await tenants.create(testContext, tenants.newTenantDraft('Émile'));

    const again = tenants.create(testContext, tenants.newTenantDraft('ÉMILE'));

    await expect(again).rejects.toMatchObject({
      code: 'conflict',
      problems: [{ field: 'name', rule: 'duplicate' }],
    });
  });

  it('tells a reference to nothing as the error of its field', async () => {
    const draft = tenants.newTenantDraft('Dangling');
    const scim = { ...draft.scim, clientEntityTypeId: unknownId };

    const created = tenants.create(testContext, { ...draft, scim });

    await expect(created).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ field: 'scimServerConfiguration.clientEntityTypeId', rule: 'invalid' }],
    });
  });

  it('remembers the issuers that it left', async () => {
    const { id } = await tenants.create(testContext, tenants.newTenantDraft('Moving'));

    await tenants.change(testContext, id, (before) => ({ ...before, issuer: 'acme.com' }));
    const moved = await tenants.change(testContext, id, (before) => ({
      ...before,
      issuer: 'id.acme.com',
    }));

    expect(moved).toMatchObject({
      issuer: 'id.acme.com',
      earlierIssuers: ['https://id.example.com', 'acme.com'],
      version: 3,
    });
  });

  it('leaves no trace of a change that changes nothing', async () => {
    const created = await tenants.create(testContext, tenants.newTenantDraft('Still'));
    rooms.clock.advance(1000);

    expect(await tenants.change(testContext, created.id, (before) => ({ ...before }))).toEqual(
      created,
    );
  });

  it('counts every one of two changes at once', async () => {
    const { id } = await tenants.create(testContext, tenants.newTenantDraft('Counted'));
    const count = (data: object) => ('n' in data && typeof data.n === 'number' ? data.n : 0);

    const changes = Array.from({ length: 10 }, () =>
      tenants.change(testContext, id, (before) => ({
        ...before,
        data: { n: count(before.data) + 1 },
      })),
    );
    await Promise.all(changes);

    expect((await tenants.get(id)).data).toEqual({ n: 10 });
  });

  it('finds by name, in pages, in order', async () => {
    for (const name of ['Page b', 'Page a', 'Page c'])
      await tenants.create(testContext, tenants.newTenantDraft(name));
    const condition = { kind: 'compare', field: 'name', operator: 'sw', value: 'page ' } as const;

    const page = await tenants.search(condition, [{ field: 'name', isDescending: true }], {
      offset: 1,
      limit: 1,
    });

    expect(page).toMatchObject({ total: 3, items: [{ name: 'Page b' }] });
  });

  it('does not delete the default tenant', async () => {
    const { id } = await tenants.getDefault();

    await expect(tenants.delete(testContext, id)).rejects.toMatchObject({ code: 'invalid' });
    expect(await tenants.find(id)).toBeDefined();
  });

  it('makes the default tenant once, however many start together', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => tenants.ensureDefault()));

    expect(made).toEqual([false, false, false, false, false]);
  });

  it('records every change with its actor in the same transaction', async () => {
    const { id } = await tenants.create(testContext, tenants.newTenantDraft('Recorded'));
    await tenants.change(testContext, id, (before) => ({ ...before, name: 'Renamed' }));
    await tenants.delete(testContext, id);

    const events = await rooms
      .get(UnitOfWork)
      .query(
        sql`select type, actor_kind, actor_id, tenant_id from events where object_id = ${id} order by seq`,
      );

    expect(events).toEqual(
      ['tenant.create', 'tenant.update', 'tenant.delete'].map((type) => ({
        type,
        actor_kind: 'system',
        actor_id: 'test',
        tenant_id: id,
      })),
    );
  });

  it('says that an unknown tenant is not there', async () => {
    await expect(tenants.get(unknownId)).rejects.toThrow(DomainError);
    await expect(tenants.change(testContext, unknownId, (before) => before)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(tenants.delete(testContext, unknownId)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(
      (await tenants.search({ kind: 'not', condition: everything }, [], { offset: 0, limit: 9 }))
        .total,
    ).toBe(0);
  });
});
