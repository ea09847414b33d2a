import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityType } from '../../src/entities/entity-type.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { everything } from '../../src/kernel/condition.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const unknownId = '00000000-0000-4000-8000-000000000000';
const wholePage = { offset: 0, limit: 100 };
const noToken = {
  isEnabled: false,
  lifetimeSeconds: undefined,
  keyId: undefined,
  verificationKeyIds: [],
};

function permission(name: string, isDefault = false) {
  return { name, description: undefined, isDefault, data: {} };
}

describe.each(databases)('entities on $name', (database) => {
  let rooms: TestRooms;
  let types: EntityTypeService;
  let entities: EntityService;
  let grants: GrantService;
  let acme: TenantContext;
  let globex: TenantContext;
  let apiType: EntityType;

  beforeAll(async () => {
    rooms = await openRooms(database);
    [types, entities, grants] = [
      rooms.get(EntityTypeService),
      rooms.get(EntityService),
      rooms.get(GrantService),
    ];
    [acme, globex] = [await rooms.aTenant('Acme'), await rooms.aTenant('Globex')];
    apiType = await types.create(testContext, { name: 'API', token: noToken, data: {} }, [
      permission('write'),
      permission('read', true),
    ]);
  });
  afterAll(() => rooms.close());

  const anEntity = async (context: TenantContext, name: string) => {
    const made = await entities.create(context, {
      name,
      typeId: apiType.id,
      parentId: undefined,
      data: {},
    });
    return made.entity;
  };

  describe('types', () => {
    it('lists permissions in the order of their names', async () => {
      expect((await types.get(apiType.id)).permissions.map(({ name }) => name)).toEqual([
        'read',
        'write',
      ]);
    });

    it('keeps a name for one type and a permission for one in its type', async () => {
      await expect(
        types.create(testContext, { name: 'api', token: noToken, data: {} }),
      ).rejects.toMatchObject({
        code: 'conflict',
        problems: [{ field: 'name' }],
      });
      await expect(
        types.createPermission(testContext, apiType.id, permission('read')),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      expect((await types.get(apiType.id)).version).toBe(apiType.version);
    });

    it('refuses a signing key that is not there', async () => {
      const token = { ...noToken, keyId: unknownId };

      await expect(
        types.create(testContext, { name: 'Keyless', token, data: {} }),
      ).rejects.toMatchObject({
        problems: [{ field: 'jwtConfiguration.accessTokenKeyId', rule: 'invalid' }],
      });
    });

    it('never renames a permission', async () => {
      const [read] = apiType.permissions;
      const rename = types.changePermission(testContext, apiType.id, read?.id ?? '', (before) => ({
        ...before,
        name: 'peek',
      }));

      await expect(rename).rejects.toMatchObject({
        problems: [{ field: 'name', rule: 'immutable' }],
      });
    });

    it('is not deleted while an entity is of it', async () => {
      const type = await types.create(testContext, { name: 'In use', token: noToken, data: {} });
      const { entity } = await entities.create(acme, {
        name: 'x',
        typeId: type.id,
        parentId: undefined,
        data: {},
      });

      await expect(types.delete(testContext, type.id)).rejects.toMatchObject({
        problems: [{ rule: 'inUse' }],
      });
      await entities.delete(acme, entity.id);
      await types.delete(testContext, type.id);

      expect(await types.find(type.id)).toBeUndefined();
    });
  });

  describe('entities', () => {
    it('reads back what it wrote, with its type and without its secret', async () => {
      const draft = {
        name: 'Raviga',
        typeId: apiType.id,
        parentId: (await anEntity(acme, 'Parent')).id,
        data: { é: ['ü', 1] },
      };

      const { entity, clientSecret } = await entities.create(acme, draft);

      expect(await entities.get(acme, entity.id)).toEqual(entity);
      expect(entity).toMatchObject({
        name: 'Raviga',
        clientId: entity.id,
        parentId: draft.parentId,
        data: draft.data,
        type: { name: 'API' },
      });
      expect(clientSecret).toMatch(/^rcs_[\w-]{43}$/);
      expect(JSON.stringify(entity)).not.toContain(clientSecret);
    });

    it('FIND C6 has a parent of its own tenant, other than itself, or none', async () => {
      const [parent, foreign] = [await anEntity(acme, 'Parent'), await anEntity(globex, 'Foreign')];
      const child = await anEntity(acme, 'Child');
      const adopt = (parentId: string) =>
        entities.change(acme, child.id, ({ entity }) => ({
          ...entity,
          typeId: apiType.id,
          parentId,
        }));
      const refusal = { problems: [{ field: 'parentId', rule: 'invalid' }] };

      for (const wrong of [unknownId, foreign.id, child.id]) {
        const draft = { name: 'x', typeId: apiType.id, parentId: wrong, data: {} };
        await expect(adopt(wrong)).rejects.toMatchObject(refusal);
        if (wrong !== child.id)
          await expect(entities.create(acme, draft)).rejects.toMatchObject(refusal);
      }
      const { entity } = await adopt(parent.id);

      expect(entity.parentId).toBe(parent.id);
      await entities.delete(globex, foreign.id);
    });

    it('FIND C6 loses its parent when that is deleted, and nobody else does', async () => {
      const [gone, stays] = [await anEntity(acme, 'Gone'), await anEntity(acme, 'Stays')];
      const draft = { name: 'x', typeId: apiType.id, data: {} };
      const { entity: child } = await entities.create(acme, { ...draft, parentId: gone.id });
      const { entity: other } = await entities.create(acme, { ...draft, parentId: stays.id });

      await entities.delete(acme, gone.id);

      const orphan = await entities.get(acme, child.id);
      expect(orphan).toMatchObject({ parentId: undefined, version: child.version + 1 });
      expect(await entities.get(acme, other.id)).toEqual(other);
    });

    it('is not in another tenant', async () => {
      const { id } = await anEntity(acme, 'Hidden');

      expect(await entities.find(globex, id)).toBeUndefined();
      expect(await entities.findAll(globex, [id])).toEqual([]);
      expect((await entities.search(globex, everything, [], wholePage)).total).toBe(0);
      await expect(
        entities.change(globex, id, () => Promise.reject(new Error('unreached'))),
      ).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(entities.delete(globex, id)).rejects.toMatchObject({ code: 'not_found' });
      expect(await entities.find(acme, id)).toBeDefined();
    });

    it('keeps a client id for one entity across all tenants, and never changes it', async () => {
      const { entity } = await entities.create(acme, {
        name: 'a',
        typeId: apiType.id,
        clientId: 'one',
        parentId: undefined,
        data: {},
      });
      const again = () =>
        entities.create(globex, {
          name: 'b',
          typeId: apiType.id,
          clientId: 'one',
          parentId: undefined,
          data: {},
        });
      const other = () =>
        entities.change(acme, entity.id, () => ({
          name: 'a',
          typeId: apiType.id,
          clientId: 'two',
          parentId: undefined,
          data: {},
        }));

      await expect(again()).rejects.toMatchObject({
        code: 'conflict',
        problems: [{ field: 'clientId' }],
      });
      await expect(other()).rejects.toMatchObject({
        problems: [{ field: 'clientId', rule: 'immutable' }],
      });
    });

    it('keeps the secret until a new one is given, and then knows only that', async () => {
      const { entity, clientSecret = '' } = await entities.create(acme, {
        name: 's',
        typeId: apiType.id,
        parentId: undefined,
        data: {},
      });
      const renamed = await entities.change(acme, entity.id, () => ({
        name: 't',
        typeId: apiType.id,
        parentId: undefined,
        data: {},
      }));
      expect(renamed.clientSecret).toBe(clientSecret);
      expect(await entities.isRightSecret(entity, clientSecret)).toBe(true);

      await entities.change(acme, entity.id, () => ({
        name: 't',
        typeId: apiType.id,
        clientSecret: '+/=% ü, of 24 characters',
        parentId: undefined,
        data: {},
      }));

      expect(await entities.isRightSecret(entity, clientSecret)).toBe(false);
      expect(await entities.isRightSecret(entity, '+/=% ü, of 24 characters')).toBe(true);
      expect(await entities.isRightSecret(undefined, '+/=% ü, of 24 characters')).toBe(false);
    });

    it('K1 keeps no secret in clear text, nor in the record of what happened', async () => {
      const clientSecret = 'planted-secret-0123456789';
      await entities.create(acme, {
        name: 'p',
        typeId: apiType.id,
        clientSecret,
        parentId: undefined,
        data: {},
      });
      const unitOfWork = rooms.get(UnitOfWork);

      const stored = [
        await unitOfWork.query(sql`select * from entities`),
        await unitOfWork.query(sql`select * from entity_secrets`),
        await unitOfWork.query(sql`select * from events`),
      ];

      expect(JSON.stringify(stored)).not.toContain(clientSecret);
    });

    it('refuses an unknown type', async () => {
      const made = entities.create(acme, {
        name: 'x',
        typeId: unknownId,
        parentId: undefined,
        data: {},
      });

      await expect(made).rejects.toMatchObject({
        problems: [{ field: 'type.id', rule: 'invalid' }],
      });
    });

    it('finds by name, client id and type name', async () => {
      const { entity } = await entities.create(acme, {
        name: 'Needle ÄÖ',
        typeId: apiType.id,
        clientId: 'needle-client',
        parentId: undefined,
        data: {},
      });
      const find = async (
        field: 'name' | 'clientId' | 'typeName',
        operator: 'co' | 'eq',
        value: string,
      ) =>
        (
          await entities.search(acme, { kind: 'compare', field, operator, value }, [], wholePage)
        ).items.map(({ id }) => id);

      expect(await find('name', 'co', 'äö')).toEqual([entity.id]);
      expect(await find('clientId', 'eq', 'needle-client')).toEqual([entity.id]);
      expect(await find('typeName', 'eq', 'api')).toContain(entity.id);
      expect(await find('name', 'co', '%')).toEqual([]);
    });
  });

  describe('grants', () => {
    it('gives the named permissions, and the default ones when none is named', async () => {
      const [target, recipient, other] = [
        await anEntity(acme, 't'),
        await anEntity(acme, 'r'),
        await anEntity(acme, 'o'),
      ];

      await grants.save(acme, target.id, {
        recipient: { entityId: recipient.id },
        permissions: ['write'],
        data: { a: 1 },
      });
      await grants.save(acme, target.id, {
        recipient: { entityId: other.id },
        permissions: [],
        data: {},
      });

      expect(await grants.findHeld(acme, target.id, recipient.id)).toMatchObject({
        permissions: ['write'],
      });
      expect(await grants.findHeld(acme, target.id, other.id)).toMatchObject({
        permissions: ['read'],
      });
      expect(await grants.get(acme, target.id, { entityId: recipient.id })).toMatchObject({
        data: { a: 1 },
        target: { id: target.id },
      });
    });

    it('replaces the grant of a pair, and keeps its id', async () => {
      const [target, recipient] = [await anEntity(acme, 't'), await anEntity(acme, 'r')];
      const draft = {
        recipient: { entityId: recipient.id },
        permissions: ['read', 'write'],
        data: {},
      };
      const first = await grants.save(acme, target.id, draft);

      const second = await grants.save(acme, target.id, { ...draft, permissions: ['write'] });

      expect(second).toMatchObject({ id: first.id, version: 2, permissions: ['write'] });
      expect(
        (
          await grants.search(
            acme,
            { kind: 'compare', field: 'targetId', operator: 'eq', value: target.id },
            [],
            wholePage,
          )
        ).total,
      ).toBe(1);
    });

    it('makes one grant of many first writes at once', async () => {
      const [target, recipient] = [await anEntity(acme, 't'), await anEntity(acme, 'r')];
      const draft = { recipient: { entityId: recipient.id }, permissions: ['read'], data: {} };

      const saved = await Promise.all(
        Array.from({ length: 8 }, () => grants.save(acme, target.id, draft)),
      );

      expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
    });

    it('S11 takes a target or a recipient of another tenant for one that is not there', async () => {
      const [ours, theirs] = [await anEntity(acme, 'ours'), await anEntity(globex, 'theirs')];
      const save = (targetId: string, entityId: string) =>
        grants.save(acme, targetId, { recipient: { entityId }, permissions: ['read'], data: {} });

      await expect(save(theirs.id, ours.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(save(ours.id, theirs.id)).rejects.toMatchObject({
        problems: [{ field: 'recipientEntityId', rule: 'invalid' }],
      });
      await expect(save(ours.id, unknownId)).rejects.toMatchObject({
        problems: [{ field: 'recipientEntityId', rule: 'invalid' }],
      });
    });

    it('is not in another tenant', async () => {
      const [target, recipient] = [await anEntity(acme, 't'), await anEntity(acme, 'r')];
      await grants.save(acme, target.id, {
        recipient: { entityId: recipient.id },
        permissions: ['read'],
        data: {},
      });

      expect(await grants.findHeld(globex, target.id, recipient.id)).toBeUndefined();
      await expect(grants.get(globex, target.id, { entityId: recipient.id })).rejects.toMatchObject(
        { code: 'not_found' },
      );
      await expect(
        grants.delete(globex, target.id, { entityId: recipient.id }),
      ).rejects.toMatchObject({ code: 'not_found' });
      expect((await grants.search(globex, everything, [], wholePage)).total).toBe(0);
    });

    it('names every permission that the type does not have', async () => {
      const [target, recipient] = [await anEntity(acme, 't'), await anEntity(acme, 'r')];
      const draft = {
        recipient: { entityId: recipient.id },
        permissions: ['read', 'fly', 'swim'],
        data: {},
      };

      await expect(grants.save(acme, target.id, draft)).rejects.toMatchObject({
        problems: [
          { field: 'permissions', message: expect.stringContaining('fly') },
          { message: expect.stringContaining('swim') },
        ],
      });
    });

    it('loses a permission with the type, and itself with either entity', async () => {
      const [target, recipient, second] = [
        await anEntity(acme, 't'),
        await anEntity(acme, 'r'),
        await anEntity(acme, 'r2'),
      ];
      const temporary = await types.createPermission(
        testContext,
        apiType.id,
        permission('temporary'),
      );
      for (const { id } of [recipient, second]) {
        await grants.save(acme, target.id, {
          recipient: { entityId: id },
          permissions: ['read', 'temporary'],
          data: {},
        });
      }

      await types.deletePermission(testContext, apiType.id, { id: temporary.id });
      expect(await grants.findHeld(acme, target.id, recipient.id)).toMatchObject({
        permissions: ['read'],
      });

      await entities.delete(acme, recipient.id);
      expect(await grants.findHeld(acme, target.id, recipient.id)).toBeUndefined();
      await entities.delete(acme, target.id);
      expect(await grants.findHeld(acme, target.id, second.id)).toBeUndefined();
    });

    it('keeps the type of a target that has grants', async () => {
      const [target, recipient] = [await anEntity(acme, 't'), await anEntity(acme, 'r')];
      const other = await types.create(testContext, {
        name: `Other ${target.id}`,
        token: noToken,
        data: {},
      });
      await grants.save(acme, target.id, {
        recipient: { entityId: recipient.id },
        permissions: ['read'],
        data: {},
      });
      const change = (id: string) =>
        entities.change(acme, id, () => ({
          name: 'x',
          typeId: other.id,
          parentId: undefined,
          data: {},
        }));

      await expect(change(target.id)).rejects.toMatchObject({
        problems: [{ field: 'type.id', rule: 'immutable' }],
      });
      expect((await change(recipient.id)).entity.type.id).toBe(other.id);
    });
  });

  it('A8 goes with its tenant and leaves the other tenant as it was', async () => {
    const doomed = await rooms.aTenant('Doomed');
    const [target, recipient, survivor] = [
      await anEntity(doomed, 't'),
      await anEntity(doomed, 'r'),
      await anEntity(acme, 's'),
    ];
    await grants.save(doomed, target.id, {
      recipient: { entityId: recipient.id },
      permissions: ['read'],
      data: {},
    });

    await rooms.get(TenantService).delete(testContext, doomed.tenantId);

    const left = await rooms
      .get(UnitOfWork)
      .query(sql`select 1 from entity_secrets where entity_id in (${target.id}, ${recipient.id})`);
    expect(left).toEqual([]);
    expect(await entities.findTenantId(target.id)).toBeUndefined();
    expect(await entities.find(acme, survivor.id)).toBeDefined();
  });
});
