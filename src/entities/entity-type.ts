import type { JsonObject } from '../kernel/json.js';

/** What a grant on entities of the type can allow. The name never changes. */
export interface Permission {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  /** What a grant gets that names no permission. */
  readonly isDefault: boolean;
  readonly data: JsonObject;
  readonly created: number;
  readonly changed: number;
}

export interface PermissionDraft {
  readonly name: string;
  readonly description: string | undefined;
  readonly isDefault: boolean;
  readonly data: JsonObject;
}

/** How tokens of the type's entities are made, in place of the tenant's settings when enabled. */
export interface TypeTokenSettings {
  readonly isEnabled: boolean;
  readonly lifetimeSeconds: number | undefined;
  readonly keyId: string | undefined;
  readonly verificationKeyIds: readonly string[];
}

export interface EntityTypeDraft {
  readonly name: string;
  readonly token: TypeTokenSettings;
  readonly data: JsonObject;
}

/** A kind of machine and what may be done with machines of that kind; shared by all tenants. */
export interface EntityType extends EntityTypeDraft {
  readonly id: string;
  /** In the order of their names. */
  readonly permissions: readonly Permission[];
  readonly version: number;
  readonly created: number;
  readonly changed: number;
}
