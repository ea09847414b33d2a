import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext, TenantsContext } from '../tenants/tenant-context.js';
import type { Entity, EntityDraft, EntityWithSecret } from './entity.js';
import { EntitySecrets, generateClientSecret } from './entity-secrets.js';
import { type EntityField, type EntityOrder, EntityRepository } from './entity.repository.js';
import type { EntityType } from './entity-type.js';
import { EntityTypeService } from './entity-type.service.js';
import { GrantEndings } from './grant-endings.js';
import { GrantRepository } from './grant.repository.js';

export type { EntityField, EntityOrder } from './entity.repository.js';

/** What may be done with the entities of a tenant. */
@Injectable()
export class EntityService {
  constructor(
    private readonly entities: EntityRepository,
    private readonly types: EntityTypeService,
    private readonly grants: GrantRepository,
    private readonly endings: GrantEndings,
    private readonly secrets: EntitySecrets,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the entity with its secret, also where secrets are shown once: this is the once
   * @throws DomainError conflict, when the id or the client id is taken; invalid, for an unknown type or parent, or a
   * short secret
   */
  async create(
    context: TenantContext,
    draft: EntityDraft,
    id: string = newId(),
  ): Promise<EntityWithSecret> {
    const now = this.clock.now();
    const clientSecret = draft.clientSecret ?? generateClientSecret();
    if (draft.clientSecret !== undefined) this.secrets.checkNew(draft.clientSecret);
    return this.unitOfWork.run(async () => {
      const entity: Entity = {
        id,
        tenantId: context.tenantId,
        type: await this.typeOf(draft),
        clientId: draft.clientId ?? id,
        name: draft.name,
        parentId: draft.parentId,
        data: draft.data,
        version: 1,
        created: now,
        changed: now,
      };
      await this.checkParent(context, entity);
      await this.entities.insert(context, entity);
      await this.secrets.set(id, clientSecret);
      await this.record(context, 'entity.create', undefined, entity);
      return { entity, clientSecret };
    });
  }

  find(context: TenantContext, id: string): Promise<Entity | undefined> {
    return this.entities.find(context, id);
  }

  /** @throws DomainError not_found, also for an entity of another tenant */
  async get(context: TenantContext, id: string): Promise<Entity> {
    const entity = await this.entities.find(context, id);
    if (entity === undefined) throw DomainError.notFound('entity', id);
    return entity;
  }

  /** Those of the ids that exist in the tenant or the tenants, in the order of the ids. */
  findAll(context: TenantContext | TenantsContext, ids: readonly string[]): Promise<Entity[]> {
    return this.entities.findAll(context, ids);
  }

  /** The OAuth client of that id, in whatever tenant it is. */
  findClient(clientId: string): Promise<Entity | undefined> {
    return this.entities.findByClientId(clientId);
  }

  /** In which tenant the entity is, for a request that says so by naming it. */
  findTenantId(id: string): Promise<string | undefined> {
    return this.entities.findTenantId(id);
  }

  /** Whether the secret is the client's; costs the same for a client that is not there. */
  isRightSecret(client: Entity | undefined, presented: string): Promise<boolean> {
    return this.secrets.isRight(client?.id, presented);
  }

  /** Adds the secrets, where the installation keeps them readable. */
  async withSecrets(entities: readonly Entity[]): Promise<EntityWithSecret[]> {
    const secrets = await this.secrets.readable(entities.map(({ id }) => id));
    return entities.map((entity) => ({ entity, clientSecret: secrets.get(entity.id) }));
  }

  search(
    context: TenantContext | TenantsContext,
    condition: Condition<EntityField>,
    order: EntityOrder,
    page: Page,
  ): Promise<PageOf<Entity>> {
    return this.entities.search(context, condition, order, page);
  }

  /**
   * Replaces what a caller decides; the client id never changes, the secret only when a new one is given. A change that
   * changes nothing leaves no trace.
   * @returns with the secret where it is readable or was given in this call
   * @throws DomainError not_found; invalid, for an unknown type or parent, another type while there are grants on the
   * entity, or a new secret that is short
   */
  change(
    context: TenantContext,
    id: string,
    toDraft: (entity: EntityWithSecret) => EntityDraft | Promise<EntityDraft>,
  ): Promise<EntityWithSecret> {
    return this.unitOfWork.run(async () => {
      const before = await this.entities.findForChange(context, id);
      if (before === undefined) throw DomainError.notFound('entity', id);
      const [shown] = await this.withSecrets([before]);
      const draft = await toDraft(shown ?? { entity: before, clientSecret: undefined });
      await this.checkType(context, before, draft);
      const { name, parentId, data, clientSecret } = draft;
      const wanted: Entity = { ...before, type: await this.typeOf(draft), name, parentId, data };
      if (parentId !== before.parentId) await this.checkParent(context, wanted);
      const newSecret =
        clientSecret !== undefined && !(await this.secrets.isRight(id, clientSecret))
          ? clientSecret
          : undefined;
      if (newSecret !== undefined) this.secrets.checkNew(newSecret);
      if (newSecret === undefined && isDeepStrictEqual(before, wanted))
        return { entity: before, clientSecret: clientSecret ?? shown?.clientSecret };
      const after = { ...wanted, version: before.version + 1, changed: this.clock.now() };
      await this.entities.update(context, after);
      if (newSecret !== undefined) await this.secrets.set(id, newSecret);
      await this.record(context, 'entity.update', before, after);
      return { entity: after, clientSecret: clientSecret ?? shown?.clientSecret };
    });
  }

  /**
   * Deletes the entity with its secret, its tokens and its grants in both directions. What named it as its parent has none
   * then.
   * @throws DomainError not_found
   */
  async delete(context: TenantContext, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const before = await this.entities.findForChange(context, id);
      if (before === undefined) throw DomainError.notFound('entity', id);
      const entityIds = await this.grants.holdersOf(context, id);
      await this.endings.tell(context, { targetId: id, entityIds });
      await this.entities.delete(context, id, this.clock.now());
      await this.record(context, 'entity.delete', before, undefined);
    });
  }

  private async typeOf(draft: EntityDraft): Promise<EntityType> {
    const type = await this.types.find(draft.typeId);
    if (type !== undefined) return type;
    const message = `There is no entity type with id [${draft.typeId}].`;
    throw DomainError.invalid({ field: 'type.id', rule: 'invalid', message });
  }

  /** A parent is another entity of the tenant. It stays locked, so that it is still there when this is written. */
  private async checkParent(context: TenantContext, { id, parentId }: Entity): Promise<void> {
    if (parentId === undefined) return;
    const isOther = parentId !== id;
    if (isOther && (await this.entities.findForChange(context, parentId)) !== undefined) return;
    const message = `There is no other entity with id [${parentId}].`;
    throw DomainError.invalid({ field: 'parentId', rule: 'invalid', message });
  }

  /** Grants name permissions of the target's type; under another type they would mean nothing. */
  private async checkType(
    context: TenantContext,
    before: Entity,
    draft: EntityDraft,
  ): Promise<void> {
    const hasOtherClientId = draft.clientId !== undefined && draft.clientId !== before.clientId;
    if (hasOtherClientId) {
      throw DomainError.invalid({
        field: 'clientId',
        rule: 'immutable',
        message: 'The client id can not be changed.',
      });
    }
    if (draft.typeId === before.type.id || !(await this.grants.hasAnyOn(context, before.id)))
      return;
    const message = 'The type can not be changed while there are grants on the entity.';
    throw DomainError.invalid({ field: 'type.id', rule: 'immutable', message });
  }

  private async record(
    context: TenantContext,
    type: 'entity.create' | 'entity.update' | 'entity.delete',
    before: Entity | undefined,
    after: Entity | undefined,
  ): Promise<void> {
    const objectId = (after ?? before)?.id ?? '';
    await this.events.record(context, {
      type,
      objectType: 'entity',
      objectId,
      before: before && toSnapshot(before),
      after: after && toSnapshot(after),
    });
  }
}

function toSnapshot(entity: Entity): JsonObject {
  return {
    id: entity.id,
    typeId: entity.type.id,
    clientId: entity.clientId,
    name: entity.name,
    parentId: entity.parentId ?? null,
    data: entity.data,
    version: entity.version,
  };
}
