import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientClaims } from '../../src/entities/client-claims.js';
import type { EntityDraft } from '../../src/entities/entity.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('clients that say who they are, on $name', (database) => {
  let rooms: TestRooms;
  let claims: ClientClaims;
  let acme: TenantContext;
  let typeId: string;
  beforeAll(async () => {
    rooms = await openRooms(database);
    claims = rooms.get(ClientClaims);
    acme = await rooms.aTenant('Acme');
    const token = {
      isEnabled: true,
      lifetimeSeconds: 60,
      keyId: undefined,
      verificationKeyIds: [],
    };
    const read = { name: 'read', description: undefined, isDefault: false, data: {} };
    typeId = (
      await rooms
        .get(EntityTypeService)
        .create(testContext, { name: 'API', token, data: {} }, [read])
    ).id;
  });
  afterAll(() => rooms.close());

  const make = (draft: Partial<EntityDraft> = {}) =>
    rooms
      .get(EntityService)
      .create(acme, { name: 'Client', typeId, parentId: undefined, data: {}, ...draft });
  const isProved = async (clientId: string, ...secrets: string[]) =>
    claims.isProved(await claims.find(clientId), secrets);

  it.each<[string, (parentId: string) => Partial<EntityDraft>]>([
    ['nothing but its name', () => ({})],
    [
      'everything',
      (parentId) => ({
        clientId: 'clïent "1"',
        parentId,
        data: { é: ['ü', 1, null, { deep: true }] },
      }),
    ],
  ])('are the entity as it is read elsewhere, with %s', async (_what, draftOf) => {
    const parent = await make();
    const { entity } = await make(draftOf(parent.entity.id));

    const claim = await claims.find(entity.clientId);

    expect(claim && (await claims.toEntity(claim))).toEqual(entity);
  });

  it('are told apart by their secrets, of which any reading may be the right one', async () => {
    const { entity, clientSecret = '' } = await make();
    const other = await make();

    expect(await isProved(entity.clientId, clientSecret)).toBe(true);
    expect(await isProved(entity.clientId, 'wrong', clientSecret)).toBe(true);
    expect(await isProved(entity.clientId, clientSecret, 'wrong')).toBe(true);
    expect(await isProved(entity.clientId, other.clientSecret ?? '')).toBe(false);
    expect(await isProved(other.entity.clientId, clientSecret)).toBe(false);
    expect(await isProved('nobody', clientSecret)).toBe(false);
    expect(await isProved(entity.clientId)).toBe(false);
  });

  it('may have several secrets, of which one that has expired is none', async () => {
    const { entity, clientSecret = '' } = await make();
    const { entity: twin, clientSecret: second = '' } = await make();
    const unitOfWork = rooms.get(UnitOfWork);
    await unitOfWork.execute(
      sql`update entity_secrets set entity_id = ${entity.id}, expires = ${rooms.clock.now() + 1_000}
        where entity_id = ${twin.id}`,
    );

    expect([
      await isProved(entity.clientId, clientSecret),
      await isProved(entity.clientId, second),
    ]).toEqual([true, true]);
    rooms.clock.advance(1_000);
    expect([
      await isProved(entity.clientId, clientSecret),
      await isProved(entity.clientId, second),
    ]).toEqual([true, false]);
    expect(await isProved(twin.clientId, second)).toBe(false);
  });

  it('are found by the whole client id in its own case, and not once they are deleted', async () => {
    const { entity } = await make({ clientId: 'Case' });

    expect(await claims.find('case')).toBeUndefined();
    expect(await claims.find('Cas')).toBeUndefined();
    expect(await claims.find('Case')).toMatchObject({ id: entity.id, tenantId: acme.tenantId });

    await rooms.get(EntityService).delete(acme, entity.id);
    expect(await claims.find('Case')).toBeUndefined();
  });
});
