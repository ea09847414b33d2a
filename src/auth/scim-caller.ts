import type { Tenant } from '../tenants/tenant.js';
import type { TenantContext } from '../tenants/tenant-context.js';

/** A SCIM client that proved who it is, and what it may do now. */
export interface ScimCaller {
  readonly context: TenantContext;
  readonly tenant: Tenant;
  readonly clientEntityId: string;
  readonly permissions: ReadonlySet<string>;
}
