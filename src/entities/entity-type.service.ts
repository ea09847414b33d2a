import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError, type Problem } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { KeyService } from '../keys/key.service.js';
import { foreignKeyViolation } from '../persistence/database-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EntityType, EntityTypeDraft, Permission, PermissionDraft } from './entity-type.js';
import {
  type EntityTypeField,
  type EntityTypeOrder,
  EntityTypeRepository,
} from './entity-type.repository.js';

export type { EntityTypeField, EntityTypeOrder } from './entity-type.repository.js';

/** What may be done with entity types and their permissions. */
@Injectable()
export class EntityTypeService {
  constructor(
    private readonly types: EntityTypeRepository,
    private readonly keys: KeyService,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @param permissions made together with the type; ids are random unless given
   * @throws DomainError conflict, when the name, the id or a permission's name is taken; invalid, for an unknown key
   */
  create(
    context: RequestContext,
    draft: EntityTypeDraft,
    permissions: readonly (PermissionDraft & { id?: string })[] = [],
    id: string = newId(),
  ): Promise<EntityType> {
    const now = this.clock.now();
    const type: EntityType = {
      ...draft,
      id,
      permissions: permissions.map((permission) => ({
        id: newId(),
        ...permission,
        created: now,
        changed: now,
      })),
      version: 1,
      created: now,
      changed: now,
    };
    return this.unitOfWork.run(async () => {
      await this.checkVerificationKeys(draft);
      await this.types.insert(type);
      await this.record(context, 'entity-type.create', undefined, type);
      return this.get(id);
    });
  }

  async find(id: string): Promise<EntityType | undefined> {
    return (await this.types.findAll([id]))[0];
  }

  /** @throws DomainError not_found */
  async get(id: string): Promise<EntityType> {
    const type = await this.find(id);
    if (type === undefined) throw DomainError.notFound('entity type', id);
    return type;
  }

  search(
    condition: Condition<EntityTypeField>,
    order: EntityTypeOrder,
    page: Page,
  ): Promise<PageOf<EntityType>> {
    return this.types.search(condition, order, page);
  }

  /**
   * A change that changes nothing leaves no trace.
   * @throws DomainError not_found, conflict, invalid
   */
  change(
    context: RequestContext,
    id: string,
    toDraft: (type: EntityType) => EntityTypeDraft | Promise<EntityTypeDraft>,
  ): Promise<EntityType> {
    return this.changeType(context, id, async (before) => {
      const wanted = { ...before, ...(await toDraft(before)) };
      if (isDeepStrictEqual(before, wanted)) return false;
      await this.checkVerificationKeys(wanted);
      await this.types.update(this.touched(wanted));
      return true;
    });
  }

  /**
   * @throws DomainError not_found; invalid (`inUse`), while an entity is of the type or a tenant's SCIM names it
   */
  async delete(context: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const before = await this.types.findForChange(id);
      if (before === undefined) throw DomainError.notFound('entity type', id);
      try {
        await this.types.delete(id);
      } catch (error) {
        if (foreignKeyViolation(error) === undefined) throw error;
        const message =
          'The entity type is in use by entities or by the SCIM settings of a tenant.';
        throw DomainError.invalid({ field: 'id', rule: 'inUse', message });
      }
      await this.record(context, 'entity-type.delete', before, undefined);
    });
  }

  /** @throws DomainError not_found; conflict, when the type has a permission of that name or the id is taken */
  async createPermission(
    context: RequestContext,
    typeId: string,
    draft: PermissionDraft,
    id: string = newId(),
  ): Promise<Permission> {
    const now = this.clock.now();
    const permission: Permission = { ...draft, id, created: now, changed: now };
    await this.changeType(context, typeId, async (before) => {
      await this.types.insertPermission(typeId, permission);
      await this.types.update(this.touched(before));
      return true;
    });
    return permission;
  }

  /**
   * The name can not be changed: tokens and grants speak of it.
   * @throws DomainError not_found; invalid (`immutable`), when the draft has another name
   */
  async changePermission(
    context: RequestContext,
    typeId: string,
    id: string,
    toDraft: (permission: Permission) => PermissionDraft | Promise<PermissionDraft>,
  ): Promise<Permission> {
    const type = await this.changeType(context, typeId, async (before) => {
      const permission = permissionOf(before, id);
      const draft = await toDraft(permission);
      if (draft.name !== permission.name) {
        throw DomainError.invalid({
          field: 'name',
          rule: 'immutable',
          message: 'The name of a permission can not be changed.',
        });
      }
      const wanted = { ...permission, ...draft };
      if (isDeepStrictEqual(permission, wanted)) return false;
      await this.types.updatePermission(typeId, { ...wanted, changed: this.clock.now() });
      await this.types.update(this.touched(before));
      return true;
    });
    return permissionOf(type, id);
  }

  /**
   * Takes the permission out of the type and out of every grant.
   * @param which its id or its name
   * @throws DomainError not_found
   */
  async deletePermission(
    context: RequestContext,
    typeId: string,
    which: { id: string } | { name: string },
  ): Promise<void> {
    await this.changeType(context, typeId, async (before) => {
      const isMeant = (permission: Permission) =>
        'id' in which ? permission.id === which.id : permission.name === which.name;
      const permission = before.permissions.find(isMeant);
      if (permission === undefined)
        throw DomainError.notFound('permission', 'id' in which ? which.id : which.name);
      await this.types.deletePermission(typeId, permission.id);
      await this.types.update(this.touched(before));
      return true;
    });
  }

  /** They are a list in one column, which no foreign key of the database can watch. */
  private async checkVerificationKeys({ token }: EntityTypeDraft): Promise<void> {
    const unknown = await this.keys.findUnknown(token.verificationKeyIds);
    if (unknown.length > 0) throw DomainError.invalid(...unknown.map(toUnknownKey));
  }

  /**
   * Every change of a type, its permissions included: under the type's lock, with one event.
   * @param write tells whether it has changed anything
   */
  private changeType(
    context: RequestContext,
    id: string,
    write: (before: EntityType) => Promise<boolean>,
  ): Promise<EntityType> {
    return this.unitOfWork.run(async () => {
      const before = await this.types.findForChange(id);
      if (before === undefined) throw DomainError.notFound('entity type', id);
      if (!(await write(before))) return before;
      const after = await this.get(id);
      await this.record(context, 'entity-type.update', before, after);
      return after;
    });
  }

  private touched(type: EntityType): EntityType {
    return { ...type, version: type.version + 1, changed: this.clock.now() };
  }

  private async record(
    context: RequestContext,
    type: 'entity-type.create' | 'entity-type.update' | 'entity-type.delete',
    before: EntityType | undefined,
    after: EntityType | undefined,
  ): Promise<void> {
    const objectId = (after ?? before)?.id ?? '';
    await this.events.record(context, {
      type,
      objectType: 'entity-type',
      objectId,
      before: before && toSnapshot(before),
      after: after && toSnapshot(after),
    });
  }
}

function toUnknownKey(id: string): Problem {
  return {
    field: 'jwtConfiguration.accessTokenVerificationKeyIds',
    rule: 'invalid',
    message: `There is no key with id [${id}].`,
  };
}

function permissionOf(type: EntityType, id: string): Permission {
  const permission = type.permissions.find((candidate) => candidate.id === id);
  if (permission === undefined) throw DomainError.notFound('permission', id);
  return permission;
}

function toSnapshot(type: EntityType): JsonObject {
  return {
    id: type.id,
    name: type.name,
    token: {
      isEnabled: type.token.isEnabled,
      lifetimeSeconds: type.token.lifetimeSeconds ?? null,
      keyId: type.token.keyId ?? null,
      verificationKeyIds: type.token.verificationKeyIds,
    },
    data: type.data,
    permissions: type.permissions.map(({ id, name, isDefault }) => ({ id, name, isDefault })),
    version: type.version,
  };
}
