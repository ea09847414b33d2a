import { canonicalId, isUuid } from '../kernel/ids.js';
import { TokenRequestError } from './token-request-error.js';

/** Longer scopes are refused before they are read. */
export const scopeBytesMax = 8 * 1024;

/** The number of `target-entity:` items in one scope. */
export const scopeItemsMax = 100;

/** One target that a client asks for; undefined permissions ask for all that are granted. */
export interface RequestedTarget {
  readonly entityId: string;
  readonly permissions: readonly string[] | undefined;
}

const prefix = 'target-entity:';

/**
 * Reads a scope of the form `target-entity:<id>[:<permission>[,<permission>…]] …` (contract/oauth.md §2). A
 * permission may contain colons: everything after the second one is the list. A target named twice is asked
 * for once, with the permissions of both.
 * @throws TokenRequestError for anything else
 */
export function parseTargetScope(scope: string): readonly RequestedTarget[] {
  if (Buffer.byteLength(scope) > scopeBytesMax)
    throw malformed(`The scope is longer than ${scopeBytesMax} bytes.`);
  const items = scope.split(' ').filter((item) => item !== '');
  if (items.length > scopeItemsMax)
    throw malformed(`The scope has more than ${scopeItemsMax} items.`);
  const targets = new Map<string, readonly string[] | undefined>();
  for (const item of items) {
    const { entityId, permissions } = parseItem(item);
    const earlier = targets.get(entityId);
    const isAll = permissions === undefined || (targets.has(entityId) && earlier === undefined);
    targets.set(entityId, isAll ? undefined : [...new Set([...(earlier ?? []), ...permissions])]);
  }
  return [...targets].map(([entityId, permissions]) => ({ entityId, permissions }));
}

function parseItem(item: string): RequestedTarget {
  if (!item.startsWith(prefix))
    throw malformed('Each item of the scope must begin with target-entity:.');
  const rest = item.slice(prefix.length);
  const colon = rest.indexOf(':');
  const entityId = colon === -1 ? rest : rest.slice(0, colon);
  if (!isUuid(entityId))
    throw malformed('A target-entity in the scope is not followed by the id of an entity.');
  if (colon === -1) return { entityId: canonicalId(entityId), permissions: undefined };
  const permissions = rest.slice(colon + 1).split(',');
  if (permissions.includes(''))
    throw malformed('A target-entity in the scope has an empty permission.');
  return { entityId: canonicalId(entityId), permissions: [...new Set(permissions)] };
}

function malformed(message: string): TokenRequestError {
  return new TokenRequestError('invalid_target_entity_scope', message);
}
