import type {
  EntityType,
  EntityTypeDraft,
  PermissionDraft,
  TypeTokenSettings,
} from '../entities/entity-type.js';
import type { JsonObject } from '../kernel/json.js';
import type { EntityTypeBody } from './entity-type.request.js';
import { withoutAbsent } from './json.js';
import { toPermissionDraft, toPermissionJson } from './permission.js';

/** What FusionAuth's answers say while the settings are off (contract/entities.md §1). */
const unusedLifetimeSeconds = 60;

export function toEntityTypeDraft(body: EntityTypeBody): EntityTypeDraft {
  const jwt = body.jwtConfiguration;
  return {
    name: body.name,
    token: {
      isEnabled: jwt?.enabled ?? false,
      lifetimeSeconds: jwt?.timeToLiveInSeconds || undefined,
      keyId: jwt?.accessTokenKeyId ?? undefined,
      verificationKeyIds: jwt?.accessTokenVerificationKeyIds ?? [],
    },
    data: body.data ?? {},
  };
}

/** The permissions that are made together with the type. */
export function toPermissionDrafts(body: EntityTypeBody): (PermissionDraft & { id?: string })[] {
  return (body.permissions ?? []).map((permission) => {
    const { id } = permission;
    return { ...toPermissionDraft(permission), ...(typeof id === 'string' ? { id } : {}) };
  });
}

/** FusionAuth's EntityType (contract/entities.md §1), with its permissions. */
export function toEntityTypeJson(type: EntityType): JsonObject {
  return {
    data: type.data,
    id: type.id,
    insertInstant: type.created,
    jwtConfiguration: toJwtJson(type.token, type.token.lifetimeSeconds ?? unusedLifetimeSeconds),
    lastUpdateInstant: type.changed,
    name: type.name,
    permissions: type.permissions.map(toPermissionJson),
  };
}

/**
 * What a PUT of the type would say: without its permissions, which have calls of their own, and without the lifetime
 * that is shown when there is none, or a patch would store it.
 */
export function toEntityTypeDocument(type: EntityType): JsonObject {
  const { permissions: _, ...entityType } = toEntityTypeJson(type);
  const jwtConfiguration = toJwtJson(type.token, type.token.lifetimeSeconds);
  return { entityType: { ...entityType, jwtConfiguration } };
}

function toJwtJson(token: TypeTokenSettings, lifetimeSeconds: number | undefined): JsonObject {
  return withoutAbsent({
    accessTokenKeyId: token.keyId,
    accessTokenVerificationKeyIds:
      token.verificationKeyIds.length === 0 ? undefined : token.verificationKeyIds,
    enabled: token.isEnabled,
    timeToLiveInSeconds: lifetimeSeconds,
  });
}
