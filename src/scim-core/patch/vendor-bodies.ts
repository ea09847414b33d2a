import { findMember, isJsonList, isJsonObject, type Json, type JsonObject } from '../json.js';

/**
 * The example of a Bulk request in RFC 7644 §3.7.3 has the bare list of operations as the `data` of
 * its PATCH, and clients were written after it: a list is the `Operations` of a PatchOp.
 *
 * Recorded in scripts/list-of-operations.json.
 */
export function withOperations(body: unknown): unknown {
  return isJsonList(body) ? { Operations: body } : body;
}

/**
 * SCIM-SDK writes every text that has a path as a list of one, older versions the object of an
 * operation without a path too, and UnboundID whatever its `addValues` is given. Where one value is
 * meant, the list is opened once, before anything else looks at it.
 *
 * Recorded in scim-sdk/one-element-lists.json and unboundid/patch-extension.json.
 */
export function unwrapOne(value: Json): Json;
export function unwrapOne(value: Json | undefined): Json | undefined;
export function unwrapOne(value: Json | undefined): Json | undefined {
  const [only] = isJsonList(value) && value.length === 1 ? value : [];
  return only === undefined ? value : only;
}

/** Objects and lists inside one another, in JSON text inside a body. */
export const jsonTextDepthMax = 32;
/** Members of all objects and elements of all lists together, in JSON text inside a body. */
export const jsonTextMembersMax = 10_000;

/**
 * scim-for-keycloak 3.10 writes the object of an operation without a path as JSON text. The body's
 * own limits do not see into a text, so it has limits of its own; undefined when it is beyond them
 * or no object.
 *
 * Recorded in keycloak/object-as-json-text.json.
 */
function findObjectOfText(text: string): JsonObject | undefined {
  const value = unwrapOne(findJson(text));
  return isJsonObject(value) && isWithinLimits(value) ? value : undefined;
}

function findJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Level by level and not by recursion: nothing is known of the depth yet. */
function isWithinLimits(value: Json): boolean {
  let level: readonly Json[] = [value];
  let members = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    const next = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values<Json>(item) : [],
    );
    members += next.length;
    if (depth > jsonTextDepthMax || members > jsonTextMembersMax) return false;
    level = next;
  }
  return true;
}

/**
 * The data of a PATCH in a Bulk request with its JSON texts opened: a `bulkId:x` in one is a
 * reference like any other (RFC 7644 §3.7.2), and so is a password that is hashed ahead of time.
 */
export function openTexts(data: Json): Json {
  if (isJsonList(data)) return data.map(openText);
  if (!isJsonObject(data)) return data;
  const members = Object.entries(data).map(([name, member]): [string, Json] =>
    name.toLowerCase() === 'operations' && isJsonList(member)
      ? [name, member.map(openText)]
      : [name, member],
  );
  return Object.fromEntries(members);
}

function openText(operation: Json): Json {
  if (!isJsonObject(operation) || (findMember(operation, 'path') ?? null) !== null)
    return operation;
  const members = Object.entries(operation).map(([name, member]): [string, Json] =>
    name.toLowerCase() === 'value'
      ? [name, findAttributesObject(member) ?? member]
      : [name, member],
  );
  return Object.fromEntries(members);
}

/**
 * An operation's value where it stands for attributes, without a path: an object, in whatever of
 * these forms.
 */
export function findAttributesObject(value: Json | undefined): JsonObject | undefined {
  const given = unwrapOne(value);
  if (typeof given === 'string') return findObjectOfText(given);
  return isJsonObject(given) ? given : undefined;
}
