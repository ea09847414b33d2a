import { findMember, isJsonList, isJsonObject, type Json, type JsonObject } from '../json.js';
import { parsePath, type PatchPath } from '../path/parse-path.js';
import { requireSchema } from '../schema/declared-schemas.js';
import { badRequest, ScimError } from '../scim-error.js';
import {
  inOperation,
  patchOperationsMax,
  type PatchOp,
  type PatchOperation,
} from './patch-operation.js';
import {
  findAttributesObject,
  jsonTextDepthMax,
  jsonTextMembersMax,
  withOperations,
} from './vendor-bodies.js';

export const patchOpUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const ops: ReadonlyMap<string, PatchOp> = new Map([
  ['add', 'add'],
  ['remove', 'remove'],
  ['replace', 'replace'],
]);

/**
 * Reads the body of a PATCH (RFC 7644 §3.5.2). Whether the paths exist is the schema's question,
 * which `applyPatch` and `memberDelta` ask.
 * @throws ScimError invalidSyntax, invalidPath, invalidFilter, invalidValue, noTarget for a remove
 * without a path, or 413 for too many operations; the detail names the operation
 */
export function parsePatchRequest(given: unknown): readonly PatchOperation[] {
  const body = withOperations(given);
  if (!isJsonObject(body)) throw badRequest('invalidSyntax', 'The body must be a JSON object.');
  requireSchema(body, patchOpUrn);
  const operations = findMember(body, 'Operations');
  if (!isJsonList(operations) || operations.length === 0) {
    throw badRequest('invalidSyntax', '"Operations" must be a list of at least one operation.');
  }
  if (operations.length > patchOperationsMax) {
    throw new ScimError(
      413,
      undefined,
      `A request may have ${patchOperationsMax} operations at most.`,
    );
  }
  return operations.map((operation, index) =>
    inOperation(index, pathTextOf(operation), () => parseOperation(operation, index)),
  );
}

function parseOperation(operation: Json, index: number): PatchOperation {
  if (!isJsonObject(operation))
    throw badRequest('invalidSyntax', 'An operation must be an object.');
  const op = readOp(findMember(operation, 'op'));
  const path = readPath(findMember(operation, 'path'));
  const value = findMember(operation, 'value');
  if (op === 'remove') {
    if (!path) throw badRequest('noTarget', '"remove" needs a path.');
    return { index, op, path, value };
  }
  if (value === undefined) throw badRequest('invalidValue', `"${op}" needs a value.`);
  return { index, op, path, value: path ? value : readAttributes(op, value) };
}

/** The value of an operation without a path: attributes by their names. */
function readAttributes(op: PatchOp, value: Json): JsonObject {
  const attributes = findAttributesObject(value);
  if (attributes) return attributes;
  throw badRequest(
    'invalidValue',
    `"${op}" without a path needs an object as its value, or JSON text of one with ` +
      `${jsonTextMembersMax} members and ${jsonTextDepthMax} levels at most.`,
  );
}

/** The path as it stands there, before anybody has read it. */
function pathTextOf(operation: Json): string | undefined {
  const path = isJsonObject(operation) ? findMember(operation, 'path') : undefined;
  return typeof path === 'string' ? path : undefined;
}

/** Entra ID writes `Add`, `Replace` and `Remove`: an op is known in any case. */
function readOp(op: Json | undefined): PatchOp {
  const known = typeof op === 'string' ? ops.get(op.toLowerCase()) : undefined;
  if (!known) throw badRequest('invalidSyntax', '"op" must be "add", "remove" or "replace".');
  return known;
}

function readPath(path: Json | undefined): PatchPath | undefined {
  if (path === undefined || path === null) return undefined;
  if (typeof path !== 'string') throw badRequest('invalidPath', '"path" must be a text.');
  return parsePath(path);
}
