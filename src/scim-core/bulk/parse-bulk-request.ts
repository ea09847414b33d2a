import { findMember, isJsonList, isJsonObject, type Json, type JsonObject } from '../json.js';
import { openTexts } from '../patch/vendor-bodies.js';
import { requireSchema } from '../schema/declared-schemas.js';
import { badRequest, quoted, ScimError } from '../scim-error.js';
import type { BulkEntry, BulkMethod, BulkOperation, BulkRequest } from './bulk-operation.js';
import { referencesOf } from './bulk-references.js';

const bulkRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

/** How many operations a request may have; announced as `maxOperations` (RFC 7644 §3.7.4). */
export const bulkOperationsMax = 1000;

const methods: ReadonlyMap<string, BulkMethod> = new Map([
  ['POST', 'POST'],
  ['PUT', 'PUT'],
  ['PATCH', 'PATCH'],
  ['DELETE', 'DELETE'],
]);

/**
 * Reads the body of a Bulk request (RFC 7644 §3.7). An operation of the wrong form is an error of that operation.
 * @throws ScimError for the whole request: invalidSyntax, invalidValue for `failOnErrors`, or 413 for too many
 * operations
 */
export function parseBulkRequest(body: unknown): BulkRequest {
  if (!isJsonObject(body)) throw badRequest('invalidSyntax', 'The body must be a JSON object.');
  requireSchema(body, bulkRequestUrn);
  const operations = findMember(body, 'Operations');
  if (!isJsonList(operations) || operations.length === 0) {
    throw badRequest('invalidSyntax', '"Operations" must be a list of at least one operation.');
  }
  if (operations.length > bulkOperationsMax) {
    throw new ScimError(413, undefined, `A request may have ${bulkOperationsMax} operations.`);
  }
  return {
    failOnErrors: readFailOnErrors(findMember(body, 'failOnErrors')),
    entries: refuseSharedIds(operations.map(readEntry)),
  };
}

function readFailOnErrors(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw badRequest('invalidValue', '"failOnErrors" must be an integer above 0.');
}

function readEntry(given: Json, index: number): BulkEntry {
  try {
    return readOperation(given, index);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    const said = isJsonObject(given) ? given : {};
    const method = findText(said, 'method');
    return {
      kind: 'malformed',
      index,
      error,
      method: method && (methods.get(method.toUpperCase()) ?? method),
      bulkId: findText(said, 'bulkId'),
    };
  }
}

function readOperation(given: Json, index: number): BulkOperation {
  if (!isJsonObject(given)) throw malformed('An operation must be an object.');
  const method = methods.get(findText(given, 'method')?.toUpperCase() ?? '');
  if (!method) throw malformed('"method" must be POST, PUT, PATCH or DELETE.');
  const bulkId = readText(given, 'bulkId');
  const version = readText(given, 'version');
  const { endpoint, id } = readPath(findMember(given, 'path'));
  if (method === 'POST' && !bulkId) throw malformed('A POST needs a "bulkId".');
  if (method === 'POST' && id !== undefined)
    throw malformed('The "path" of a POST is an endpoint, such as "/Users".');
  if (method !== 'POST' && id === undefined)
    throw malformed(`The "path" of a ${method} needs an id, as in "/Users/{id}".`);
  const data = method === 'DELETE' ? undefined : readData(findMember(given, 'data'), method);
  if (method !== 'DELETE' && (data === undefined || data === null))
    throw malformed(`A ${method} needs "data".`);
  const references = referencesOf({ method, id, data });
  return { kind: 'operation', index, method, bulkId, endpoint, id, version, data, references };
}

function readData(data: Json | undefined, method: BulkMethod): Json | undefined {
  return method === 'PATCH' && data !== undefined ? openTexts(data) : data;
}

/** `/Users` or `/Users/{id}`, relative to the base URL (RFC 7644 §3.7). Several slashes are one, and none before it will do. */
function readPath(path: Json | undefined): { endpoint: string; id: string | undefined } {
  const parts = typeof path === 'string' ? /^\/*([^/?#]+)(?:\/+([^/?#]+))?\/*$/.exec(path) : null;
  const [, endpoint, id] = parts ?? [];
  if (endpoint === undefined)
    throw malformed('"path" must be "/{endpoint}" or "/{endpoint}/{id}".');
  try {
    return { endpoint, id: id === undefined ? undefined : decodeURIComponent(id) };
  } catch {
    throw malformed('"path" has a % that two hexadecimal digits must follow.');
  }
}

/** A reference to a name that two share would mean either: none of them is taken (RFC 7644 §3.7). */
function refuseSharedIds(entries: readonly BulkEntry[]): readonly BulkEntry[] {
  const uses = new Map<string, number>();
  for (const entry of entries) {
    const id = createdId(entry);
    if (id !== undefined) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  return entries.map((entry) => {
    const id = createdId(entry);
    if (id === undefined || uses.get(id) === 1) return entry;
    const detail = `The bulkId ${quoted(id)} stands at more than one POST.`;
    const { index, method, bulkId } = entry;
    return { kind: 'malformed', index, error: badRequest('invalidValue', detail), method, bulkId };
  });
}

function createdId({ method, bulkId }: BulkEntry): string | undefined {
  return method === 'POST' ? bulkId : undefined;
}

/** A text, or nothing. @throws ScimError invalidSyntax for anything else */
function readText(object: JsonObject, name: string): string | undefined {
  const value = findMember(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw malformed(`"${name}" must be a text.`);
}

function findText(object: JsonObject, name: string): string | undefined {
  const value = findMember(object, name);
  return typeof value === 'string' ? value : undefined;
}

function malformed(detail: string): ScimError {
  return badRequest('invalidSyntax', detail);
}
