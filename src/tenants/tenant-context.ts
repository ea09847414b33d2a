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

/** By whom and in which tenant, as a text: the same for all requests of one caller. */
export function callerKey({ tenantId, actor }: TenantContext): string {
  return `${tenantId} ${actor.kind} ${actor.id}`;
}

/** What a search takes that may go over several tenants: every one of them by name, never "all there are". */
export interface TenantsContext extends RequestContext {
  readonly tenantIds: readonly string[];
}

export function tenantsContext(
  request: RequestContext,
  tenantIds: readonly string[],
): TenantsContext {
  return Object.freeze({
    actor: request.actor,
    requestId: request.requestId,
    tenantIds: Object.freeze([...tenantIds]),
  });
}

/** The tenants that a search is about. */
export function tenantIdsOf(context: TenantContext | TenantsContext): readonly string[] {
  return 'tenantIds' in context ? context.tenantIds : [context.tenantId];
}
