import { scimBasePath } from './scim-base.js';

/**
 * Entra ID is told to follow the standard by `aadOptscim062020` at the end of its tenant URL, and some jobs then
 * glue paths behind it: `…/v2?aadOptscim062020/Users?filter=…`. The flag changes nothing here, so it is taken out.
 *
 * Recorded in entra/flag-before-path.json.
 */
export function withoutEntraFlag(url: string): string {
  if (!url.startsWith(scimBasePath)) return url;
  return url.replace(gluedFlag, (_, base: string, rest: string) => `${base}${rest}`);
}

const gluedFlag = /^(\/api\/scim\/resource\/v2)\/?\??aadOptscim062020(\/.*)$/;
