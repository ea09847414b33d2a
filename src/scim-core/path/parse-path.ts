import type { Filter } from '../filter/filter.js';
import { FilterParser } from '../filter/filter-parser.js';
import { badRequest, quoted, type ScimError } from '../scim-error.js';
import {
  findAttributePath,
  isAttributeName,
  isUrnText,
  type AttributePath,
} from './attribute-path.js';

/** The same bound as a filter's: a path may hold one. */
export const pathBytesMax = 4096;

/** The path of a PATCH operation as it was written (RFC 7644 §3.5.2, figure 7). */
export interface PatchPath {
  readonly text: string;
  /** Undefined when the text can only be the URN of a whole schema, such as `urn:example:2.0`. */
  readonly attribute: AttributePath | undefined;
  /** What stands between the brackets. A sub-attribute after them is in `attribute.sub`. */
  readonly filter: Filter | undefined;
}

/**
 * Reads `attr`, `attr.sub`, `attr[filter]` or `attr[filter].sub`, each with or without a URN before
 * it, or the bare URN of a schema. Whether any of it exists is the schema's question.
 * @throws ScimError invalidPath, or invalidFilter for a fault inside the brackets
 */
export function parsePath(text: string): PatchPath {
  if (text.length > pathBytesMax || Buffer.byteLength(text) > pathBytesMax) {
    throw badRequest('invalidPath', `A path may have ${pathBytesMax} bytes at most.`);
  }
  const bracket = text.indexOf('[');
  if (bracket >= 0) return parseFilteredPath(text, bracket);
  const path = findPlainPath(text);
  if (!path) throw invalidPath(text);
  return path;
}

/** A path without brackets; undefined when the text is none. */
export function findPlainPath(given: string): PatchPath | undefined {
  const text = withoutEndColon(given);
  const attribute = findAttributePath(text);
  if (!attribute && !(text.includes(':') && isUrnText(text))) return undefined;
  return { text, attribute, filter: undefined };
}

/**
 * UnboundID writes the path of a whole extension with a colon at its end, `urn:…:2.0:User:`; the
 * bare URN is meant. Only one, and only behind a URN: `title:` stays the fault that it is.
 *
 * Recorded in unboundid/patch-extension.json.
 */
function withoutEndColon(text: string): string {
  const urn = text.slice(0, -1);
  return text.endsWith(':') && urn.includes(':') && !urn.endsWith(':') ? urn : text;
}

function parseFilteredPath(text: string, bracket: number): PatchPath {
  const head = findAttributePath(text.slice(0, bracket));
  if (!head || head.sub !== undefined) throw invalidPath(text);
  const { filter, end } = new FilterParser(text, bracket).readBrackets();

  const tail = text.slice(end);
  if (tail === '') return { text, attribute: head, filter };
  const sub = tail.slice(1);
  if (!tail.startsWith('.') || !isAttributeName(sub)) throw invalidPath(text);
  return { text, attribute: { ...head, sub }, filter };
}

function invalidPath(text: string): ScimError {
  return badRequest('invalidPath', `${quoted(text)} is not a path to an attribute.`);
}
