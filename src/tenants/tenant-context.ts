import type { RequestContext } from '../kernel/actor.js';

/**
 * What every tenant-bound call takes first: in which tenant, who, and under which request. Without one no
 * tenant table can be reached. Made in `auth/` from the credential, frozen, and only passed on from there.
 */
export interface TenantContext extends RequestContext {
  readonly tenantId: string;
}

export function tenantContext(request: RequestContext, tenantId: string): TenantContext {
  return Object.freeze({ actor: request.actor, requestId: request.requestId, tenantId });
}
