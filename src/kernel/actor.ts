/** Who did it. Recorded with every change; comes from the credential alone, never from a body. */
export type Actor =
  | { readonly kind: 'api_key'; readonly id: string }
  | { readonly kind: 'scim_client'; readonly id: string }
  | { readonly kind: 'administrator'; readonly id: string }
  | { readonly kind: 'system'; readonly id: string };

/** What every change is told: who asks, and under which request. */
export interface RequestContext {
  readonly actor: Actor;
  readonly requestId: string;
}
