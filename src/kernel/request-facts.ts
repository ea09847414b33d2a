import type { Actor } from './actor.js';
import type { IpAddress } from './ip-address.js';

/** What a request's log line says of its caller; guards leave it on the request once they know. */
export interface RequestFacts {
  readonly actor: Actor;
  readonly tenantId: string | undefined;
}

export interface CarriesFacts {
  rollcallFacts?: RequestFacts;
}

/** Where the edge leaves the address that the request comes from; none once the connection is gone. */
export interface CarriesAddress {
  readonly rollcallAddress?: IpAddress | undefined;
}
