import type { RequestContext } from '../kernel/actor.js';

/** Who did it, and in which tenant, if in one. */
export type EventContext = RequestContext & { readonly tenantId?: string };
