import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { type Condition, isByKey, type Keys } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { toJsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { foreignKeyViolation } from '../persistence/database-error.js';
import { groupedBy, inOrderOf, pageOfIds, readInParts } from '../persistence/page-query.js';
import { lockRows } from '../persistence/row-lock.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type TenantContext, tenantIdsOf, type TenantsContext } from '../tenants/tenant-context.js';
import { EntityRepository } from './entity.repository.js';
import type { EntityGrant, HeldGrant, Recipient } from './grant.js';
import { GrantPermissionRow, GrantRow } from './grant.row.js';

export type GrantField = 'targetId' | 'recipientEntityId' | 'userId' | 'name' | 'insertInstant';
export type GrantOrder = readonly { readonly field: GrantField; readonly isDescending: boolean }[];

const columns = {
  targetId: sql`entity_grants.target_id`,
  recipientEntityId: sql`entity_grants.recipient_entity_id`,
  userId: sql`entity_grants.user_id`,
  name: sql`entities.name_key`,
  insertInstant: sql`entity_grants.created`,
};

const fields: FieldTable = {
  targetId: { kind: 'column', expression: columns.targetId, type: 'text', notNull: true },
  recipientEntityId: { kind: 'column', expression: columns.recipientEntityId, type: 'text' },
  userId: { kind: 'column', expression: columns.userId, type: 'text' },
  name: { kind: 'column', expression: columns.name, type: 'text', notNull: true },
  insertInstant: {
    kind: 'column',
    expression: columns.insertInstant,
    type: 'number',
    notNull: true,
  },
};

const keys: Keys = {
  own: new Set(['targetId', 'recipientEntityId', 'userId']),
  lookedUp: new Set(),
};

/** Grants of a tenant, with the names of their permissions. */
@Injectable()
export class GrantRepository {
  constructor(
    private readonly entities: EntityRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async insert(context: TenantContext, grant: EntityGrant): Promise<void> {
    try {
      await this.unitOfWork.manager.insert(GrantRow, toRow(context, grant));
    } catch (error) {
      if (foreignKeyViolation(error) === undefined) throw error;
      throw unknownRecipient(grant.recipient);
    }
    await this.insertPermissions(grant);
  }

  async update(context: TenantContext, grant: EntityGrant): Promise<void> {
    const which = { id: grant.id, tenantId: context.tenantId };
    await this.unitOfWork.manager.update(GrantRow, which, toRow(context, grant));
    await this.unitOfWork.manager.delete(GrantPermissionRow, { grantId: grant.id });
    await this.insertPermissions(grant);
  }

  async delete(context: TenantContext, id: string): Promise<void> {
    await this.unitOfWork.execute(
      sql`delete from entity_grants where tenant_id = ${context.tenantId} and id = ${id}`,
    );
  }

  /** The grant of that pair; with `isForChange`, kept from other writers until the transaction ends. */
  async find(
    context: TenantContext,
    targetId: string,
    recipient: Recipient,
    isForChange = false,
  ): Promise<EntityGrant | undefined> {
    const where = sql`tenant_id = ${context.tenantId} and target_id = ${targetId} and ${recipientSql(recipient)}`;
    if (isForChange)
      await lockRows(this.unitOfWork, sql`select 1 from entity_grants where ${where}`);
    const rows = await this.unitOfWork.query<{ id: string }>(
      sql`select id from entity_grants where ${where}`,
    );
    return (
      await this.findAll(
        context,
        rows.map(({ id }) => id),
      )
    )[0];
  }

  /** What the entity may do with the target now; undefined when there is no grant. */
  async findHeld(
    context: TenantContext,
    targetId: string,
    entityId: string,
  ): Promise<HeldGrant | undefined> {
    const rows = await this.unitOfWork.query<{ name: string | null; created: number }>(sql`
      select p.name as name, g.created as created from entity_grants g
      left join entity_grant_permissions gp on gp.grant_id = g.id
      left join entity_type_permissions p on p.id = gp.permission_id
      where g.tenant_id = ${context.tenantId} and g.target_id = ${targetId} and g.recipient_entity_id = ${entityId}
      order by p.name`);
    const [first] = rows;
    if (first === undefined) return undefined;
    return { permissions: rows.flatMap(({ name }) => name ?? []), created: first.created };
  }

  /** On how many of the targets the entity has a grant; these are kept from other writers until the transaction ends. */
  async hold(
    context: TenantContext,
    entityId: string,
    targetIds: readonly string[],
  ): Promise<number> {
    if (targetIds.length === 0) return 0;
    const held = sql`select 1 from entity_grants
      where tenant_id = ${context.tenantId} and recipient_entity_id = ${entityId}
        and target_id in (${joinSql(targetIds, ', ')})
      order by target_id`;
    await lockRows(this.unitOfWork, held);
    return (await this.unitOfWork.query(held)).length;
  }

  /** The entities that have a grant on the target; the grants are kept from other writers until the transaction ends. */
  async holdersOf(context: TenantContext, targetId: string): Promise<string[]> {
    const held = sql`select recipient_entity_id as id from entity_grants
      where tenant_id = ${context.tenantId} and target_id = ${targetId} and recipient_entity_id is not null
      order by recipient_entity_id`;
    await lockRows(this.unitOfWork, held);
    return (await this.unitOfWork.query<{ id: string }>(held)).map(({ id }) => id);
  }

  async hasAnyOn(context: TenantContext, targetId: string): Promise<boolean> {
    const rows = await this.unitOfWork.query(
      sql`select 1 from entity_grants where tenant_id = ${context.tenantId} and target_id = ${targetId} limit 1`,
    );
    return rows.length > 0;
  }

  /** @throws DomainError too_many, when too many rows would have to be read */
  async search(
    context: TenantContext | TenantsContext,
    condition: Condition<GrantField>,
    order: GrantOrder,
    page: Page,
  ): Promise<PageOf<EntityGrant>> {
    const meets = conditionSql(condition, fields, this.unitOfWork.dialect);
    const query = {
      id: sql`entity_grants.id`,
      from: sql`entity_grants join entities on entities.id = entity_grants.target_id`,
      where: sql`entity_grants.tenant_id in (${joinSql(tenantIdsOf(context), ', ')}) and ${meets}`,
      order: order.map((step) => ({
        expression: columns[step.field],
        isDescending: step.isDescending,
      })),
      isScan: !isByKey(condition, keys),
    };
    const ids = await pageOfIds(this.unitOfWork, query, page);
    return { items: await this.findAll(context, ids.items), total: ids.total };
  }

  private async findAll(
    context: TenantContext | TenantsContext,
    ids: readonly string[],
  ): Promise<EntityGrant[]> {
    if (ids.length === 0) return [];
    const tenantId = In([...tenantIdsOf(context)]);
    const rows = await readInParts(ids, (part) =>
      this.unitOfWork.manager.findBy(GrantRow, { tenantId, id: In(part) }),
    );
    const held = await readInParts(ids, (part) =>
      this.unitOfWork.manager.findBy(GrantPermissionRow, { grantId: In(part) }),
    );
    const targets = await this.entities.findAll(context, [
      ...new Set(rows.map(({ targetId }) => targetId)),
    ]);
    const targetsById = new Map(targets.map((target) => [target.id, target]));
    const heldByGrant = groupedBy(held, ({ grantId }) => grantId);
    return inOrderOf(ids, rows).flatMap((row) => {
      const target = targetsById.get(row.targetId);
      if (target === undefined) return [];
      const permissionIds = new Set(
        heldByGrant.get(row.id)?.map(({ permissionId }) => permissionId),
      );
      const permissions = target.type.permissions
        .filter(({ id }) => permissionIds.has(id))
        .map(({ name }) => name);
      return [toGrant(row, { target, permissions })];
    });
  }

  private async insertPermissions(grant: EntityGrant): Promise<void> {
    const granted = new Set(grant.permissions);
    const rows = grant.target.type.permissions
      .filter(({ name }) => granted.has(name))
      .map(({ id }) => ({ grantId: grant.id, permissionId: id }));
    if (rows.length === 0) return;
    try {
      await this.unitOfWork.manager.insert(GrantPermissionRow, rows);
    } catch (error) {
      if (foreignKeyViolation(error) === undefined) throw error;
      throw DomainError.invalid({
        field: 'permissions',
        rule: 'invalid',
        message: 'A permission has just been deleted.',
      });
    }
  }
}

function recipientSql(recipient: Recipient): Sql {
  return 'entityId' in recipient
    ? sql`recipient_entity_id = ${recipient.entityId}`
    : sql`user_id = ${recipient.userId}`;
}

/** A recipient of another tenant is answered like one that is not there. */
function unknownRecipient(recipient: Recipient): DomainError {
  return 'entityId' in recipient
    ? DomainError.invalid({
        field: 'recipientEntityId',
        rule: 'invalid',
        message: `There is no entity with id [${recipient.entityId}].`,
      })
    : DomainError.invalid({
        field: 'userId',
        rule: 'invalid',
        message: `There is no user with id [${recipient.userId}].`,
      });
}

function toRow(context: TenantContext, grant: EntityGrant): GrantRow {
  return {
    id: grant.id,
    tenantId: context.tenantId,
    targetId: grant.target.id,
    recipientEntityId: 'entityId' in grant.recipient ? grant.recipient.entityId : null,
    userId: 'userId' in grant.recipient ? grant.recipient.userId : null,
    data: grant.data,
    version: grant.version,
    created: grant.created,
    changed: grant.changed,
  };
}

function toGrant(row: GrantRow, parts: Pick<EntityGrant, 'target' | 'permissions'>): EntityGrant {
  return {
    ...parts,
    id: row.id,
    tenantId: row.tenantId,
    recipient:
      row.recipientEntityId === null
        ? { userId: row.userId ?? '' }
        : { entityId: row.recipientEntityId },
    data: toJsonObject(row.data),
    version: row.version,
    created: row.created,
    changed: row.changed,
  };
}
