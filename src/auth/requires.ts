import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Open to everybody: the route has no credential of its own, or a guard of its own. */
export const anyone = Symbol('anyone');

/** For a route that stands for many paths: the endpoint is the path that was asked for, without its ids. */
export const askedPath = Symbol('asked path');

/** What a route asks of its caller. */
export interface Requirement {
  /** The name under which API keys list the route: its path without ids. */
  readonly endpoint: string | typeof anyone | typeof askedPath;
  /** Only for keys without a tenant: the route is about what all tenants share. */
  readonly isGlobal: boolean;
}

export const requirementKey = 'rollcall:requires';

/**
 * Declares on a controller or a handler what is needed to call it. The server does not start with a route
 * that declares nothing.
 */
export function Requires(
  endpoint: Requirement['endpoint'],
  options: { readonly isGlobal?: boolean } = {},
): CustomDecorator<string> {
  const requirement: Requirement = { endpoint, isGlobal: options.isGlobal ?? false };
  return SetMetadata(requirementKey, requirement);
}
