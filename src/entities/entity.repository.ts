import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { type Condition, isByKey, type Keys } from '../kernel/condition.js';
import type { Problem } from '../kernel/domain-error.js';
import { toJsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { foldCase } from '../kernel/text.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { translateUnique } from '../persistence/database-error.js';
import { inOrderOf, pageOfIds } from '../persistence/page-query.js';
import { translateReferences } from '../persistence/references.js';
import { lockRows } from '../persistence/row-lock.js';
import { joinSql, sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type TenantContext, tenantIdsOf, type TenantsContext } from '../tenants/tenant-context.js';
import type { Entity } from './entity.js';
import { EntityRow } from './entity.row.js';
import { EntityTypeMemory } from './entity-type-memory.js';

export type EntityField =
  | 'id'
  | 'clientId'
  | 'name'
  | 'typeName'
  | 'typeId'
  | 'tenantId'
  | 'insertInstant'
  | 'lastUpdateInstant';
export type EntityOrder = readonly {
  readonly field: EntityField;
  readonly isDescending: boolean;
}[];

const columns = {
  id: sql`entities.id`,
  clientId: sql`entities.client_id`,
  name: sql`entities.name_key`,
  typeName: sql`entity_types.name_key`,
  typeId: sql`entities.type_id`,
  tenantId: sql`entities.tenant_id`,
  insertInstant: sql`entities.created`,
  lastUpdateInstant: sql`entities.changed`,
};

const fields: FieldTable = {
  id: { kind: 'column', expression: columns.id, type: 'text', notNull: true },
  clientId: { kind: 'column', expression: columns.clientId, type: 'text', notNull: true },
  name: { kind: 'column', expression: columns.name, type: 'text', notNull: true },
  typeName: { kind: 'column', expression: columns.typeName, type: 'text', notNull: true },
  typeId: { kind: 'column', expression: columns.typeId, type: 'text', notNull: true },
  tenantId: { kind: 'column', expression: columns.tenantId, type: 'text', notNull: true },
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

const keys: Keys = { own: new Set(['id', 'clientId', 'name']), lookedUp: new Set() };

/** Entities of a tenant. Two look-ups know no tenant yet, because they are how it is found out; both say so. */
@Injectable()
export class EntityRepository {
  constructor(
    private readonly types: EntityTypeMemory,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async insert(context: TenantContext, entity: Entity): Promise<void> {
    await this.write(entity, () =>
      this.unitOfWork.manager.insert(EntityRow, toRow(context, entity)),
    );
  }

  async update(context: TenantContext, entity: Entity): Promise<void> {
    const which = { id: entity.id, tenantId: context.tenantId };
    await this.write(entity, () =>
      this.unitOfWork.manager.update(EntityRow, which, toRow(context, entity)),
    );
  }

  /** Deletes the entity; the database takes with it what belongs to it, and here its children lose their parent. */
  async delete(context: TenantContext, id: string, now: number): Promise<void> {
    await this.unitOfWork.execute(sql`
      update entities set parent_id = null, version = version + 1, changed = ${now}
      where tenant_id = ${context.tenantId} and parent_id = ${id}`);
    await this.unitOfWork.execute(
      sql`delete from entities where tenant_id = ${context.tenantId} and id = ${id}`,
    );
  }

  async find(context: TenantContext, id: string): Promise<Entity | undefined> {
    return (await this.findAll(context, [id]))[0];
  }

  /** The entity as it is now, kept from other writers until the transaction ends. */
  async findForChange(context: TenantContext, id: string): Promise<Entity | undefined> {
    const selection = sql`select 1 from entities where tenant_id = ${context.tenantId} and id = ${id}`;
    await lockRows(this.unitOfWork, selection);
    return this.find(context, id);
  }

  /** Those of the ids that exist in the tenant or the tenants, in the order of the ids. */
  async findAll(
    context: TenantContext | TenantsContext,
    ids: readonly string[],
  ): Promise<Entity[]> {
    if (ids.length === 0) return [];
    const rows = await this.unitOfWork.manager.findBy(EntityRow, {
      tenantId: In([...tenantIdsOf(context)]),
      id: In([...ids]),
    });
    return this.withTypes(inOrderOf(ids, rows));
  }

  /** Across all tenants: a client id is how its tenant is found. */
  async findByClientId(clientId: string): Promise<Entity | undefined> {
    const row = await this.unitOfWork.manager.findOneBy(EntityRow, { clientId });
    return row === null ? undefined : (await this.withTypes([row]))[0];
  }

  /** Across all tenants: an id in a path is one of the ways to say which tenant is meant. */
  async findTenantId(id: string): Promise<string | undefined> {
    const rows = await this.unitOfWork.query<{ tenant_id: string }>(
      sql`select tenant_id from entities where id = ${id}`,
    );
    return rows[0]?.tenant_id;
  }

  /** @throws DomainError too_many, when too many rows would have to be read */
  async search(
    context: TenantContext | TenantsContext,
    condition: Condition<EntityField>,
    order: EntityOrder,
    page: Page,
  ): Promise<PageOf<Entity>> {
    const meets = conditionSql(condition, fields, this.unitOfWork.dialect);
    const query = {
      id: columns.id,
      from: sql`entities join entity_types on entity_types.id = entities.type_id`,
      where: sql`entities.tenant_id in (${joinSql(tenantIdsOf(context), ', ')}) and ${meets}`,
      order: order.map((step) => ({
        expression: columns[step.field],
        isDescending: step.isDescending,
      })),
      isScan: !isByKey(condition, keys),
    };
    const ids = await pageOfIds(this.unitOfWork, query, page);
    return { items: await this.findAll(context, ids.items), total: ids.total };
  }

  private async withTypes(rows: readonly EntityRow[]): Promise<Entity[]> {
    const types = await this.types.findAll([...new Set(rows.map((row) => row.typeId))]);
    return rows.flatMap((row) => {
      const type = types.get(row.typeId);
      return type === undefined ? [] : [{ ...fromRow(row), type }];
    });
  }

  private async write(entity: Entity, statement: () => Promise<unknown>): Promise<void> {
    const type = {
      constraint: 'entities_type',
      table: 'entity_types',
      id: entity.type.id,
      problem: {
        field: 'type.id',
        rule: 'invalid',
        message: `There is no entity type with id [${entity.type.id}].`,
      },
    } as const;
    try {
      await translateReferences(this.unitOfWork, [type], statement);
    } catch (error) {
      translateUnique(error, [
        { constraint: 'entities_pkey', columns: 'entities.id', problem: takenId },
        // A taken id breaks several keys at once, and each database tells the one that it looks at first.
        {
          constraint: 'entities_tenant_id',
          columns: 'entities.tenant_id, entities.id',
          problem: takenId,
        },
        {
          constraint: 'entities_client_id',
          columns: 'entities.client_id',
          // Whoever chose no client id has the entity's own, and is told of what was chosen.
          problem: entity.clientId === entity.id ? takenId : takenClientId,
        },
      ]);
    }
  }
}

function takenId(): Problem {
  const message = 'An entity with this id or client id already exists.';
  return { field: 'id', rule: 'duplicate', message };
}

function takenClientId(): Problem {
  const message = 'An entity with this client id already exists.';
  return { field: 'clientId', rule: 'duplicate', message };
}

function toRow(context: TenantContext, entity: Entity): EntityRow {
  return {
    id: entity.id,
    tenantId: context.tenantId,
    typeId: entity.type.id,
    clientId: entity.clientId,
    name: entity.name,
    nameKey: foldCase(entity.name),
    parentId: entity.parentId ?? null,
    data: entity.data,
    version: entity.version,
    created: entity.created,
    changed: entity.changed,
  };
}

function fromRow(row: EntityRow): Omit<Entity, 'type'> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    clientId: row.clientId,
    name: row.name,
    parentId: row.parentId ?? undefined,
    data: toJsonObject(row.data),
    version: row.version,
    created: row.created,
    changed: row.changed,
  };
}
