import { largeBodyBytesMax } from '../edge/body-limits.js';
import { bulkOperationsMax } from '../scim-core/bulk/parse-bulk-request.js';
import type { JsonObject } from '../scim-core/json.js';
import { countDefault, countMax } from '../scim-core/resource/list.js';
import { cursorTimeoutSeconds } from './paging.js';

/** What this server does and does not (RFC 7643 §5, RFC 9865 §4). Everything announced here is true, and tested. */
export function serviceProviderConfig(baseUrl: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: {
      supported: true,
      maxOperations: bulkOperationsMax,
      maxPayloadSize: largeBodyBytesMax,
    },
    filter: { supported: true, maxResults: countMax },
    changePassword: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: countDefault,
      maxPageSize: countMax,
      cursorTimeout: cursorTimeoutSeconds,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description:
          'An access token from the client-credentials grant, in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}
