import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Entity } from '../entities/entity.js';
import type { JsonObject } from '../kernel/json.js';
import type { ClientCredentials } from './client-credentials.js';

/** A token request whose client has been looked for. */
export interface TokenExchange {
  /** The client, if it has proved to be it; a wrong one and one that is not there are the same. */
  readonly client: Entity | undefined;
  readonly credentials: ClientCredentials;
  readonly grantType: string;
  readonly scope: string | undefined;
  readonly requestId: string;
}

/** Where oidc-provider finds its token endpoint. */
export const tokenPath = '/oauth2/token';

/** A message must have a socket; this one is never connected, and nothing reads from it. */
const noSocket = new Socket();

/**
 * The exchange as a request that oidc-provider can read. It is written anew instead of handed on: the library
 * decodes a Basic header by rules that clients do not follow, and takes no scope from the query.
 */
export class ReplayedRequest extends IncomingMessage {
  /** What became of it: one of the two, once the library is done. */
  answer: JsonObject | undefined;
  failure: unknown;

  constructor(readonly exchange: TokenExchange) {
    super(noSocket);
    const { credentials, grantType, scope } = exchange;
    const body = Buffer.from(
      new URLSearchParams({
        grant_type: grantType,
        client_id: credentials.clientIds[0] ?? '',
        client_secret: credentials.clientSecrets[0] ?? '',
        ...(scope === undefined ? {} : { scope }),
      }).toString(),
    );
    this.method = 'POST';
    this.url = tokenPath;
    this.headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    this.complete = true;
    this.push(body);
    this.push(null);
  }
}
