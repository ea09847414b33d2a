import type { Permission, PermissionDraft } from '../entities/entity-type.js';
import type { JsonObject } from '../kernel/json.js';
import { withoutAbsent } from './json.js';
import type { PermissionBody } from './permission.request.js';

export function toPermissionDraft(body: PermissionBody): PermissionDraft {
  return {
    name: body.name,
    description: body.description ?? undefined,
    isDefault: body.isDefault ?? false,
    data: body.data ?? {},
  };
}

/** FusionAuth's EntityTypePermission (contract/entities.md §2). */
export function toPermissionJson(permission: Permission): JsonObject {
  return withoutAbsent({
    data: permission.data,
    description: permission.description,
    id: permission.id,
    insertInstant: permission.created,
    isDefault: permission.isDefault,
    lastUpdateInstant: permission.changed,
    name: permission.name,
  });
}
