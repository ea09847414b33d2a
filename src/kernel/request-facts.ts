import type { Actor } from './actor.js';

/** What a request's log line says of its caller; guards leave it on the request once they know. */
export interface RequestFacts {
  readonly actor: Actor;
  readonly tenantId: string | undefined;
}

export interface CarriesFacts {
  rollcallFacts?: RequestFacts;
}
