import { findMember, isJsonObject, type Json, type JsonObject } from '../json.js';
import { requireSchema } from '../schema/declared-schemas.js';
import { badRequest } from '../scim-error.js';

const listResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const searchRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** How many resources an answer holds when the client does not say, and at most. */
export const countDefault = 100;
export const countMax = 200;

/**
 * What a client asks of a list. Filter and names are still text; the numbers are within their
 * bounds.
 */
export interface ListQuery {
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly sortOrder: string | undefined;
  /** Undefined for paging by index; empty to begin a walk by cursor (RFC 9865 §2). */
  readonly cursor: string | undefined;
  /** From 1. */
  readonly startIndex: number;
  /** From 0 to `countMax`. */
  readonly count: number;
  readonly attributes: readonly string[] | undefined;
  readonly excludedAttributes: readonly string[] | undefined;
}

/**
 * Reads the query of a list (RFC 7644 §3.4.2). A startIndex below 1 is 1, a count below 0 is 0, and
 * one above the maximum is the maximum (§3.4.2.4). An empty text counts as absent, but for the
 * filter, where it is a fault, and the cursor, which begins with it. With a cursor a count that is
 * none or above the maximum is a fault of its own, and there is no index to start at (RFC 9865 §2).
 * @throws ScimError invalidValue, for a number that is none, a parameter that is given twice, or
 * two ways of paging at once; invalidCount
 */
export function parseListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  return readListQuery((name) => (Object.hasOwn(query, name) ? query[name] : undefined));
}

/**
 * Reads the body of `POST /.search` (RFC 7644 §3.4.3): the same as a query, so that both give the
 * same answer.
 * @throws ScimError invalidSyntax, when it is no SearchRequest, or as `parseListQuery`
 */
export function parseSearchRequest(body: unknown): ListQuery {
  if (!isJsonObject(body)) {
    throw badRequest('invalidSyntax', `The body must be an object of ${searchRequestUrn}.`);
  }
  requireSchema(body, searchRequestUrn);
  return readListQuery((name) => findMember(body, name) ?? undefined);
}

/**
 * A page of resources by cursor (RFC 9865 §2): there is no index, and on the last page no cursor.
 */
export function toCursorResponse(page: {
  readonly resources: readonly Json[];
  readonly total: number;
  readonly nextCursor: string | undefined;
}): JsonObject {
  return {
    schemas: [listResponseUrn],
    totalResults: page.total,
    itemsPerPage: page.resources.length,
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    Resources: page.resources,
  };
}

/**
 * A page of resources (RFC 7644 §3.4.2). itemsPerPage is what this answer holds, which is what
 * clients go on from.
 */
export function toListResponse(page: {
  readonly resources: readonly Json[];
  readonly total: number;
  readonly startIndex: number;
}): JsonObject {
  return {
    schemas: [listResponseUrn],
    totalResults: page.total,
    startIndex: page.startIndex,
    itemsPerPage: page.resources.length,
    Resources: page.resources,
  };
}

function readListQuery(find: (name: string) => unknown): ListQuery {
  const cursor = readText(find, 'cursor');
  const startIndex = readInteger(find, 'startIndex', 'invalidValue');
  if (cursor !== undefined && startIndex !== undefined) {
    throw badRequest('invalidValue', 'Give "startIndex" or "cursor", not both.');
  }
  return {
    filter: readText(find, 'filter'),
    sortBy: readText(find, 'sortBy') || undefined,
    sortOrder: readText(find, 'sortOrder') || undefined,
    cursor,
    startIndex: clamp(startIndex ?? 1, 1, Number.MAX_SAFE_INTEGER),
    count: cursor === undefined ? readCount(find) : readExactCount(find),
    attributes: readNames(find, 'attributes'),
    excludedAttributes: readNames(find, 'excludedAttributes'),
  };
}

function readText(find: (name: string) => unknown, name: string): string | undefined {
  const value = find(name);
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest('invalidValue', `"${name}" must be one text.`);
}

function readCount(find: (name: string) => unknown): number {
  return clamp(readInteger(find, 'count', 'invalidValue') ?? countDefault, 0, countMax);
}

/** RFC 9865 §2.1: what is above the maximum is not lowered to it, since it must stay the same. */
function readExactCount(find: (name: string) => unknown): number {
  const count = readInteger(find, 'count', 'invalidCount') ?? countDefault;
  if (count > countMax) throw badRequest('invalidCount', `"count" may be ${countMax} at most.`);
  return Math.max(count, 0);
}

function readInteger(
  find: (name: string) => unknown,
  name: string,
  scimType: 'invalidValue' | 'invalidCount',
): number | undefined {
  const value = find(name);
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'string' && /^-?[0-9]+$/.test(value)) return Number(value);
  throw badRequest(scimType, `"${name}" must be an integer.`);
}

function readNames(find: (name: string) => unknown, name: string): readonly string[] | undefined {
  const value = find(name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw badRequest('invalidValue', `"${name}" must be attribute names.`);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
