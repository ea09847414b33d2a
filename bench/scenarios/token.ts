import type { BenchRequest } from '../load.js';
import { lookUpRow } from '../rows.js';
import type { Connection } from '../server.js';
import { expecting, type Scenario } from './scenario.js';

/** A client with a secret asks for the token that a SCIM client uses. */
export function tokenScenario(connection: Connection): Scenario {
  return { name: lookUpRow.token, weight: 4, next: () => tokenRequest(connection) };
}

function tokenRequest({ clientId, clientSecret, serverEntityId }: Connection): BenchRequest {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: `target-entity:${serverEntityId}`,
  }).toString();
  return {
    method: 'POST',
    path: '/oauth2/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
    status: 200,
    read: expecting('"access_token":"'),
  };
}
