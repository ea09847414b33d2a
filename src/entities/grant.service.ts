import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError, type Problem } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { uniqueViolation } from '../persistence/database-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext, TenantsContext } from '../tenants/tenant-context.js';
import type { Entity } from './entity.js';
import { EntityRepository } from './entity.repository.js';
import type { EntityGrant, GrantDraft, HeldGrant, Recipient } from './grant.js';
import { GrantEndings } from './grant-endings.js';
import { type GrantField, type GrantOrder, GrantRepository } from './grant.repository.js';

export type { GrantField, GrantOrder } from './grant.repository.js';

/** What may be done with the grants of a tenant. */
@Injectable()
export class GrantService {
  constructor(
    private readonly grants: GrantRepository,
    private readonly entities: EntityRepository,
    private readonly endings: GrantEndings,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the one grant of that target and recipient, whether or not there was one. No permissions in the
   * draft: the type's default ones. What is as it was leaves no trace.
   * @throws DomainError not_found, for an unknown target; invalid, for an unknown recipient or permission
   */
  async save(context: TenantContext, targetId: string, draft: GrantDraft): Promise<EntityGrant> {
    try {
      return await this.unitOfWork.run(() => this.write(context, targetId, draft));
    } catch (error) {
      // Two first writes of one pair met: the other's grant is there now, and this one replaces it.
      if (uniqueViolation(error) === undefined) throw error;
      return this.unitOfWork.run(() => this.write(context, targetId, draft));
    }
  }

  /** @throws DomainError not_found */
  async get(context: TenantContext, targetId: string, recipient: Recipient): Promise<EntityGrant> {
    const grant = await this.grants.find(context, targetId, recipient);
    if (grant === undefined) throw grantNotFound(recipient);
    return grant;
  }

  /** What the entity may do with the target now; undefined when there is no grant. */
  findHeld(
    context: TenantContext,
    targetId: string,
    entityId: string,
  ): Promise<HeldGrant | undefined> {
    return this.grants.findHeld(context, targetId, entityId);
  }

  /**
   * Keeps the entity's grants on the targets until the unit of work ends, so that whoever ends them meanwhile sees what
   * was made on their ground.
   * @returns whether all of them are there
   */
  async holdAll(
    context: TenantContext,
    entityId: string,
    targetIds: readonly string[],
  ): Promise<boolean> {
    return (await this.grants.hold(context, entityId, targetIds)) === targetIds.length;
  }

  search(
    context: TenantContext | TenantsContext,
    condition: Condition<GrantField>,
    order: GrantOrder,
    page: Page,
  ): Promise<PageOf<EntityGrant>> {
    return this.grants.search(context, condition, order, page);
  }

  /** @throws DomainError not_found */
  async delete(context: TenantContext, targetId: string, recipient: Recipient): Promise<void> {
    await this.unitOfWork.run(async () => {
      const before = await this.grants.find(context, targetId, recipient, true);
      if (before === undefined) throw grantNotFound(recipient);
      const entityIds = 'entityId' in recipient ? [recipient.entityId] : [];
      await this.endings.tell(context, { targetId, entityIds });
      await this.grants.delete(context, before.id);
      await this.record(context, 'entity-grant.delete', before, undefined);
    });
  }

  private async write(
    context: TenantContext,
    targetId: string,
    draft: GrantDraft,
  ): Promise<EntityGrant> {
    // Under the target's lock: its type, whose permissions these are, can not change meanwhile.
    const target = await this.entities.findForChange(context, targetId);
    if (target === undefined) throw DomainError.notFound('entity', targetId);
    const permissions = permissionsOf(target, draft);
    const before = await this.grants.find(context, targetId, draft.recipient, true);
    const wanted = { permissions, data: draft.data };
    if (before !== undefined && isDeepStrictEqual(before, { ...before, ...wanted })) return before;
    const now = this.clock.now();
    const grant: EntityGrant = {
      id: before?.id ?? newId(),
      tenantId: context.tenantId,
      target,
      recipient: draft.recipient,
      ...wanted,
      version: (before?.version ?? 0) + 1,
      created: before?.created ?? now,
      changed: now,
    };
    await (before === undefined
      ? this.grants.insert(context, grant)
      : this.grants.update(context, grant));
    await this.record(
      context,
      before === undefined ? 'entity-grant.create' : 'entity-grant.update',
      before,
      grant,
    );
    return grant;
  }

  private async record(
    context: TenantContext,
    type: 'entity-grant.create' | 'entity-grant.update' | 'entity-grant.delete',
    before: EntityGrant | undefined,
    after: EntityGrant | undefined,
  ): Promise<void> {
    const objectId = (after ?? before)?.id ?? '';
    await this.events.record(context, {
      type,
      objectType: 'entity-grant',
      objectId,
      before: before && toSnapshot(before),
      after: after && toSnapshot(after),
    });
  }
}

/** @throws DomainError invalid, naming every permission that the target's type does not have */
function permissionsOf(target: Entity, draft: GrantDraft): string[] {
  const known = target.type.permissions;
  if (draft.permissions.length === 0)
    return known.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  const knownNames = new Set(known.map(({ name }) => name));
  const unknown = draft.permissions.filter((name) => !knownNames.has(name));
  if (unknown.length > 0) throw DomainError.invalid(...unknown.map(toUnknownPermission));
  const wanted = new Set(draft.permissions);
  return [...knownNames].filter((name) => wanted.has(name));
}

function toUnknownPermission(name: string): Problem {
  return {
    field: 'permissions',
    rule: 'invalid',
    message: `The target's type has no permission named [${name}].`,
  };
}

function grantNotFound(recipient: Recipient): DomainError {
  return DomainError.notFound(
    'grant to',
    'entityId' in recipient ? recipient.entityId : recipient.userId,
  );
}

function toSnapshot(grant: EntityGrant): JsonObject {
  return {
    id: grant.id,
    targetId: grant.target.id,
    ...('entityId' in grant.recipient
      ? { recipientEntityId: grant.recipient.entityId }
      : { userId: grant.recipient.userId }),
    permissions: grant.permissions,
    data: grant.data,
    version: grant.version,
  };
}
