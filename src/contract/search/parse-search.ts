import { isJsonObject } from '../../kernel/json.js';
import type { RequestClass } from '../request/instantiate.js';
import { parseRequest } from '../request/parse-request.js';
import { parseQuery, type Query } from '../request/query.js';
import { requestError } from '../request/request-error.js';

/**
 * Reads the criteria of a search by GET, where each is a parameter of the query.
 * @throws RequestError under the parameters' own names
 */
export function parseSearchQuery<Criteria extends object>(
  type: RequestClass<Criteria>,
  query: Query,
): Criteria {
  return parseRequest(type, parseQuery(query));
}

/**
 * Reads the criteria of a search by POST, `{"search":{…}}`. It means what the GET means.
 * @throws RequestError under `search.…`
 */
export function parseSearchBody<Criteria extends object>(
  type: RequestClass<Criteria>,
  body: unknown,
): Criteria {
  const search = isJsonObject(body) ? (body.search ?? undefined) : undefined;
  if (search === undefined) throw requestError('search', 'missing', '[search] is required.');
  if (!isJsonObject(search)) throw requestError('search', 'invalid', '[search] must be an object.');
  return parseRequest(type, search, 'search.');
}
