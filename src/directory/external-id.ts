import type { TenantContext } from '../tenants/tenant-context.js';

/**
 * The id that a SCIM client uses for a user or group. Each client has its own and reads its own; one that has
 * none reads the one that exists, which is that of the first client in the order of their ids.
 */
export interface ExternalId {
  readonly clientEntityId: string;
  readonly value: string;
}

/** The SCIM client that asks; others than SCIM clients have no external ids. */
export function clientOf(context: TenantContext): string | undefined {
  return context.actor.kind === 'scim_client' ? context.actor.id : undefined;
}

/**
 * Whether the external id that a draft wants is another than the one there is. What another client named is not the
 * asking client's to take away, and to send it back is not to change it.
 */
export function changesExternalId(
  context: TenantContext,
  before: ExternalId | undefined,
  wanted: string | undefined,
): boolean {
  const client = clientOf(context);
  if (client === undefined) return false;
  if (wanted === undefined) return before?.clientEntityId === client;
  return before?.value !== wanted;
}
