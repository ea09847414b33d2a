import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Condition } from '../kernel/condition.js';
import type { Problem } from '../kernel/domain-error.js';
import { toJsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { compareCodePoints, foldCase } from '../kernel/text.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { translateUnique } from '../persistence/database-error.js';
import { groupedBy, inOrderOf, pageOfIds } from '../persistence/page-query.js';
import { translateReferences } from '../persistence/references.js';
import { lockRows } from '../persistence/row-lock.js';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EntityType, Permission } from './entity-type.js';
import { EntityTypeRow, PermissionRow } from './entity-type.row.js';

export type EntityTypeField = 'id' | 'name' | 'insertInstant' | 'lastUpdateInstant';
export type EntityTypeOrder = readonly {
  readonly field: EntityTypeField;
  readonly isDescending: boolean;
}[];

const columns = {
  id: sql`entity_types.id`,
  name: sql`entity_types.name_key`,
  insertInstant: sql`entity_types.created`,
  lastUpdateInstant: sql`entity_types.changed`,
};

const fields: FieldTable = {
  id: { kind: 'column', expression: columns.id, type: 'text', notNull: true },
  name: { kind: 'column', expression: columns.name, type: 'text', notNull: true },
  insertInstant: {
    kind: 'column',
    expression: columns.insertInstant,
    type: 'number',
    notNull: true,
  },
  lastUpdateInstant: {
    kind: 'column',
    expression: columns.lastUpdateInstant,
    type: 'number',
    notNull: true,
  },
};

/** Entity types are global: their rows are found without a tenant context. */
@Injectable()
export class EntityTypeRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(type: EntityType): Promise<void> {
    await this.write(type, () => this.unitOfWork.manager.insert(EntityTypeRow, toRow(type)));
    for (const [index, permission] of type.permissions.entries())
      await this.insertPermission(type.id, permission, `permissions[${index}].`);
  }

  /** The type's own columns; its permissions have calls of their own. */
  async update(type: EntityType): Promise<void> {
    await this.write(type, () =>
      this.unitOfWork.manager.update(EntityTypeRow, { id: type.id }, toRow(type)),
    );
  }

  async delete(id: string): Promise<void> {
    await this.unitOfWork.execute(sql`delete from entity_types where id = ${id}`);
  }

  /** The type as it is now, kept from other writers until the transaction ends. */
  async findForChange(id: string): Promise<EntityType | undefined> {
    await lockRows(this.unitOfWork, sql`select 1 from entity_types where id = ${id}`);
    return (await this.findAll([id]))[0];
  }

  /** Those of the ids that exist, in the order of the ids. */
  async findAll(ids: readonly string[]): Promise<EntityType[]> {
    if (ids.length === 0) return [];
    const types = await this.unitOfWork.manager.findBy(EntityTypeRow, { id: In([...ids]) });
    const permissions = await this.unitOfWork.manager.findBy(PermissionRow, {
      typeId: In([...ids]),
    });
    const permissionsByType = groupedBy(permissions, ({ typeId }) => typeId);
    return inOrderOf(ids, types).map((row) =>
      toEntityType(row, permissionsByType.get(row.id) ?? []),
    );
  }

  async search(
    condition: Condition<EntityTypeField>,
    order: EntityTypeOrder,
    page: Page,
  ): Promise<PageOf<EntityType>> {
    const steps = order.map((step) => ({
      expression: columns[step.field],
      isDescending: step.isDescending,
    }));
    const where = conditionSql(condition, fields, this.unitOfWork.dialect);
    const ids = await pageOfIds(
      this.unitOfWork,
      { id: columns.id, from: sql`entity_types`, where, order: steps, isScan: false },
      page,
    );
    return { items: await this.findAll(ids.items), total: ids.total };
  }

  /** @param place what stands before the names of its fields, for one that is made with its type */
  async insertPermission(typeId: string, permission: Permission, place = ''): Promise<void> {
    try {
      await this.unitOfWork.manager.insert(PermissionRow, toPermissionRow(typeId, permission));
    } catch (error) {
      translateUnique(error, [
        {
          constraint: 'entity_type_permissions_name',
          columns: 'entity_type_permissions.type_id, entity_type_permissions.name',
          problem: () =>
            duplicate(
              `${place}name`,
              `A permission named [${permission.name}] already exists for this type.`,
            ),
        },
        {
          constraint: 'entity_type_permissions_pkey',
          columns: 'entity_type_permissions.id',
          problem: () =>
            duplicate(`${place}id`, `A permission with id = [${permission.id}] already exists.`),
        },
      ]);
    }
  }

  async updatePermission(typeId: string, permission: Permission): Promise<void> {
    await this.unitOfWork.manager.update(
      PermissionRow,
      { id: permission.id, typeId },
      toPermissionRow(typeId, permission),
    );
  }

  /** The database takes it out of every grant. */
  async deletePermission(typeId: string, permissionId: string): Promise<void> {
    await this.unitOfWork.execute(
      sql`delete from entity_type_permissions where type_id = ${typeId} and id = ${permissionId}`,
    );
  }

  private async write(type: EntityType, statement: () => Promise<unknown>): Promise<void> {
    const key = {
      constraint: 'entity_types_token_key',
      table: 'keys',
      id: type.token.keyId,
      problem: {
        field: 'jwtConfiguration.accessTokenKeyId',
        rule: 'invalid',
        message: `There is no key with id [${type.token.keyId}].`,
      },
    } as const;
    try {
      await translateReferences(this.unitOfWork, [key], statement);
    } catch (error) {
      translateUnique(error, [
        {
          constraint: 'entity_types_name',
          columns: 'entity_types.name_key',
          problem: () =>
            duplicate('name', `An entity type with name = [${type.name}] already exists.`),
        },
        {
          constraint: 'entity_types_pkey',
          columns: 'entity_types.id',
          problem: () => duplicate('id', `An entity type with id = [${type.id}] already exists.`),
        },
      ]);
    }
  }
}

function duplicate(field: string, message: string): Problem {
  return { field, rule: 'duplicate', message };
}

function toRow(type: EntityType): EntityTypeRow {
  return {
    id: type.id,
    name: type.name,
    nameKey: foldCase(type.name),
    tokenSettingsEnabled: type.token.isEnabled,
    tokenLifetimeSeconds: type.token.lifetimeSeconds ?? null,
    tokenKeyId: type.token.keyId ?? null,
    verificationKeyIds: type.token.verificationKeyIds,
    data: type.data,
    version: type.version,
    created: type.created,
    changed: type.changed,
  };
}

function toPermissionRow(typeId: string, permission: Permission): PermissionRow {
  return { ...permission, typeId, description: permission.description ?? null };
}

function toEntityType(row: EntityTypeRow, permissions: readonly PermissionRow[]): EntityType {
  return {
    id: row.id,
    name: row.name,
    token: {
      isEnabled: row.tokenSettingsEnabled,
      lifetimeSeconds: row.tokenLifetimeSeconds ?? undefined,
      keyId: row.tokenKeyId ?? undefined,
      verificationKeyIds: row.verificationKeyIds,
    },
    data: toJsonObject(row.data),
    permissions: permissions
      .map(toPermission)
      .sort((left, right) => compareCodePoints(left.name, right.name)),
    version: row.version,
    created: row.created,
    changed: row.changed,
  };
}

function toPermission({ typeId: _, ...row }: PermissionRow): Permission {
  return { ...row, description: row.description ?? undefined, data: toJsonObject(row.data) };
}
