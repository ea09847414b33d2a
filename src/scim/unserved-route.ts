import { ScimError } from '../scim-core/scim-error.js';
import { MethodNotAllowed } from './method-not-allowed.js';
import { scimBasePath } from './scim-base.js';

const resources = ['Users', 'EnterpriseUsers', 'Groups'];
const discovery = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'];

/** What the standard has and this server does not: said, and not passed over (RFC 7644 §3.12). */
const notImplemented = ['Me'];

/**
 * Says why a path below the base is not served.
 * @throws ScimError 404, 405 with the methods that are, or 501; always one of them
 */
export function refuseRoute(method: string, url: string): never {
  const [path = ''] = url.split('?', 1);
  const [endpoint = '', ...below] = path
    .slice(scimBasePath.length)
    .replace(/^\/|\/$/g, '')
    .split('/');
  if (notImplemented.includes(endpoint) && below.length === 0) {
    throw new ScimError(
      501,
      undefined,
      `/${endpoint} is not offered: the token is that of a client, which is no person.`,
    );
  }
  const allowed = methodsOf(endpoint, below);
  if (allowed.length > 0 && !allowed.includes(method)) throw new MethodNotAllowed(method, allowed);
  throw new ScimError(
    404,
    undefined,
    'There is nothing at this path; the base URL ends in /api/scim/resource/v2.',
  );
}

function methodsOf(endpoint: string, below: readonly string[]): readonly string[] {
  if (endpoint === 'Bulk' && below.length === 0) return ['POST'];
  if (endpoint === '' && below.length === 0) return ['GET'];
  if (endpoint === '.search' && below.length === 0) return ['POST'];
  if (discovery.includes(endpoint) && below.length < 2) return ['GET'];
  if (!resources.includes(endpoint) || below.length > 1) return [];
  if (below.length === 0) return ['GET', 'POST'];
  return below[0] === '.search' ? ['POST'] : ['GET', 'PUT', 'PATCH', 'DELETE'];
}
