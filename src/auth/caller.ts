import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RequestContext } from '../kernel/actor.js';

/** Whoever calls the admin API: the key that acts, and what it and the request say of the tenant. */
export interface AdminCaller {
  readonly request: RequestContext;
  /** The key opens this tenant only. */
  readonly keyTenantId: string | undefined;
  /** What `X-FusionAuth-TenantId` says. */
  readonly headerTenantId: string | undefined;
  readonly isKeyManager: boolean;
  /** Whether answers may have secrets in them that this very call did not make. */
  readonly mayReadSecrets: boolean;
}

/** Where the guard leaves the caller for the handler. */
export interface CarriesCaller {
  rollcallCaller?: AdminCaller;
}

/** The caller that the guard let in. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): AdminCaller => {
  const { rollcallCaller } = context.switchToHttp().getRequest<CarriesCaller>();
  if (rollcallCaller === undefined)
    throw new Error('a route that asks for its caller must declare what it requires');
  return rollcallCaller;
});
