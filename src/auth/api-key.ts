/** Which methods may be used on which endpoint; an empty map allows everything. */
export type EndpointPermissions = Readonly<Record<string, readonly string[]>>;

/** What is decided when a key is made. */
export interface ApiKeyDraft {
  readonly name: string | undefined;
  /** The key opens this tenant only; undefined for all of them. */
  readonly tenantId: string | undefined;
  readonly isKeyManager: boolean;
  readonly isRetrievable: boolean;
  readonly endpoints: EndpointPermissions;
  readonly attributes: Readonly<Record<string, string>>;
  readonly expires: number | undefined;
}

/** What opens the admin API; it never carries the key's own text. */
export interface ApiKey extends ApiKeyDraft {
  readonly id: string;
  readonly created: number;
  readonly changed: number;
}

/** A key that may do everything, everywhere. */
export const superKeyDraft: ApiKeyDraft = {
  name: undefined,
  tenantId: undefined,
  isKeyManager: false,
  isRetrievable: true,
  endpoints: {},
  attributes: {},
  expires: undefined,
};

/** The name under which a key is allowed to read secrets. No route has it: it widens the answers of the others. */
const secretEndpoint = '/api/rollcall/secret';

/** Whether answers to the key may have secrets in them. */
export function mayReadSecrets(key: ApiKey): boolean {
  return isAllowed(key, secretEndpoint, 'GET');
}

/** Whether the key may call the endpoint (a path without ids) with that method. Entries match exactly. */
export function isAllowed(key: ApiKey, endpoint: string, method: string): boolean {
  if (Object.keys(key.endpoints).length === 0) return true;
  return Object.hasOwn(key.endpoints, endpoint) && (key.endpoints[endpoint] ?? []).includes(method);
}
