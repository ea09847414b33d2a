import { canonicalId, isUuid } from '../../kernel/ids.js';
import { requestError } from './request-error.js';

/**
 * Reads an id out of a path or a query.
 * @param field the parameter's own name, under which an error is told
 * @returns in lower case
 * @throws RequestError couldNotConvert, when it is not a UUID
 */
export function parseId(text: string, field: string): string {
  if (!isUuid(text)) throw requestError(field, 'couldNotConvert', `[${field}] must be a UUID.`);
  return canonicalId(text);
}
