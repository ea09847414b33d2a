import type { TenantContext } from '../tenants/tenant-context.js';

/** The ids that SCIM clients use for a user or group, by the ids of the clients' entities. */
export type ExternalIds = Readonly<Record<string, string>>;

/** What a user or group is called by SCIM clients. */
export interface NamedByClients {
  readonly externalIds: ExternalIds;
  /**
   * The one of them that the asking client reads: its own, and if it has none, the one that exists, which is that of the
   * first client in the order of their ids.
   */
  readonly externalId: string | undefined;
}

/** The SCIM client that asks; others than SCIM clients have no external ids. */
export function clientOf(context: TenantContext): string | undefined {
  return context.actor.kind === 'scim_client' ? context.actor.id : undefined;
}

/** The names that there are, and the one that the asking client reads. */
export function namedFor(context: TenantContext, externalIds: ExternalIds): NamedByClients {
  const client = clientOf(context);
  const own = client === undefined ? undefined : externalIds[client];
  const [first] = own === undefined ? Object.keys(externalIds).sort() : [];
  return { externalIds, externalId: first === undefined ? own : externalIds[first] };
}

/** The names after the asking client has set or, without one, taken away its own; others than SCIM clients change none. */
export function renamedFor(
  context: TenantContext,
  externalIds: ExternalIds,
  wanted: string | undefined,
): NamedByClients {
  const client = clientOf(context);
  if (client === undefined) return namedFor(context, externalIds);
  const { [client]: _own, ...others } = externalIds;
  return namedFor(context, wanted === undefined ? others : { ...others, [client]: wanted });
}

/**
 * Whether the external id that a draft wants is another than the one there is. What another client named is not the
 * asking client's to take away, and to send it back is not to change it.
 */
export function changesExternalId(
  context: TenantContext,
  before: NamedByClients,
  wanted: string | undefined,
): boolean {
  const client = clientOf(context);
  if (client === undefined) return false;
  if (wanted === undefined) return before.externalIds[client] !== undefined;
  return before.externalId !== wanted;
}
