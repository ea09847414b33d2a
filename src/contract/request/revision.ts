import type { Json, JsonObject } from '../../kernel/json.js';
import { parsePatchFlavour, patchDocument } from '../patch-document.js';
import type { RequestClass } from './instantiate.js';
import { parseRequest } from './parse-request.js';
import { requestError } from './request-error.js';

/**
 * From an object's present request document (the body that a PUT of it would have) to the request that is to
 * hold. Services call it under the object's lock, so a patch never works on what has changed meanwhile.
 */
export type Revision<Request> = (current: () => JsonObject) => Request;

/**
 * PUT: the body is the whole new request.
 * @throws RequestError at once, before anything is locked
 */
export function replacement<Request extends object>(
  type: RequestClass<Request>,
  body: unknown,
): Revision<Request> {
  const request = parseRequest(type, body);
  return () => request;
}

/**
 * PATCH: the present document is patched, and the result checked exactly as a PUT would be (contract/README.md §5).
 * @throws DomainError invalid, for a Content-Type that is no flavour; RequestError, for a body of `null`; the revision throws RequestError
 */
export function patch<Request extends object>(
  type: RequestClass<Request>,
  mediaType: string | undefined,
  body: Json | undefined,
): Revision<Request> {
  const flavour = parsePatchFlavour(mediaType);
  if (body === null) throw requestError('', 'invalid', 'The body must be a JSON object.');
  return (current) => parseRequest(type, patchDocument(flavour, current(), body ?? {}));
}
