import type { JsonObject } from '../kernel/json.js';
import type { ByField } from '../kernel/secret-fields.js';

export type TenantState = 'Active' | 'Inactive' | 'PendingDelete';

/** Whether anybody is served in the tenant: one that is inactive or being deleted has no tokens and no API. */
export function isServed(tenant: Tenant): boolean {
  return tenant.state === servedState;
}

/** The one state in which a tenant is served. */
export const servedState: TenantState = 'Active';

/** Whether and for which entities the SCIM endpoints serve the tenant. */
export interface ScimSettings {
  readonly isEnabled: boolean;
  readonly clientEntityTypeId: string | undefined;
  readonly serverEntityTypeId: string | undefined;
}

/** How tokens of the tenant are made when the entity type does not say. */
export interface TokenSettings {
  readonly keyId: string | undefined;
  readonly lifetimeSeconds: number;
}

/** What a caller decides about a tenant. */
export interface TenantDraft {
  readonly name: string;
  /** Free text; goes into `iss`. */
  readonly issuer: string;
  readonly scim: ScimSettings;
  readonly token: TokenSettings;
  /** Blocks without a function here, as the API knows them, with their secrets; stored and echoed. */
  readonly settings: JsonObject;
  readonly data: JsonObject;
}

/**
 * A namespace of people and machines; nothing in one is visible from another. As it is read, its settings have no
 * secrets: these are beside them, sealed.
 */
export interface Tenant extends TenantDraft {
  readonly id: string;
  readonly state: TenantState;
  /** The secrets of the settings, each sealed, by their field (`kernel/secret-fields.ts`). */
  readonly sealed: ByField<string>;
  /** Tokens signed under these stay good until they end. */
  readonly earlierIssuers: readonly string[];
  readonly version: number;
  readonly created: number;
  readonly changed: number;
}

/** What a tenant gets when nobody says anything else: one hour. */
export const defaultTokenLifetimeSeconds = 3600;
