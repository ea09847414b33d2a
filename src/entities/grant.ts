import type { JsonObject } from '../kernel/json.js';
import type { Entity } from './entity.js';

/** Who may do something: another entity of the tenant, or a user of it. */
export type Recipient = { readonly entityId: string } | { readonly userId: string };

/** What a caller decides about a grant. No permissions means the type's default ones. */
export interface GrantDraft {
  readonly recipient: Recipient;
  /** Names of permissions of the target's type. */
  readonly permissions: readonly string[];
  readonly data: JsonObject;
}

/** What an entity may do with a target, as tokens need it. */
export interface HeldGrant {
  /** Names of permissions of the target's type. */
  readonly permissions: readonly string[];
  readonly created: number;
}

/** What a recipient may do with a target; at most one for each pair. */
export interface EntityGrant {
  readonly id: string;
  readonly tenantId: string;
  readonly target: Entity;
  readonly recipient: Recipient;
  /** In the order of their names. */
  readonly permissions: readonly string[];
  readonly data: JsonObject;
  readonly version: number;
  readonly created: number;
  readonly changed: number;
}
