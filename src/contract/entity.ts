import type { Entity, EntityDraft, EntityWithSecret } from '../entities/entity.js';
import type { JsonObject } from '../kernel/json.js';
import type { EntityBody } from './entity.request.js';
import { toEntityTypeJson } from './entity-type.js';
import { withoutAbsent } from './json.js';

export function toEntityDraft(body: EntityBody): EntityDraft {
  return {
    name: body.name,
    typeId: body.type.id,
    clientId: body.clientId ?? undefined,
    clientSecret: body.clientSecret ?? undefined,
    parentId: body.parentId ?? undefined,
    data: body.data ?? {},
  };
}

/** FusionAuth's Entity (contract/entities.md §4), without its secret. */
export function toEntityJson(entity: Entity): JsonObject {
  return withoutAbsent({
    clientId: entity.clientId,
    data: entity.data,
    id: entity.id,
    insertInstant: entity.created,
    lastUpdateInstant: entity.changed,
    name: entity.name,
    parentId: entity.parentId,
    tenantId: entity.tenantId,
    type: toEntityTypeJson(entity.type),
  });
}

/** The same with its secret: for answers to who may read it, or has just made it, and nowhere else. */
export function toEntityWithSecretJson({ entity, clientSecret }: EntityWithSecret): JsonObject {
  return { ...toEntityJson(entity), ...withoutAbsent({ clientSecret }) };
}

/** What a PUT of the entity would say. It leaves the secret out, which a PUT without one keeps. */
export function toEntityDocument(entity: Entity): JsonObject {
  return { entity: toEntityJson(entity) };
}
