import {
  isJsonList,
  isJsonObject,
  isReservedName,
  isStorableText,
  type Json,
  type JsonObject,
} from '../json.js';
import { isUrnText } from '../path/attribute-path.js';
import type { ResourceType } from '../schema/attribute.js';
import { badRequest, quoted, ScimError } from '../scim-error.js';

/**
 * Whether a name is the URI of a schema that we do not know. An object under it is stored and
 * echoed. A name below a known schema (`urn:…:User:shoeSize`) is an unknown attribute instead, and
 * one with `__proto__` or its like between its colons and dots is nothing at all.
 */
export function isForeignUrn(name: string, resourceType: ResourceType): boolean {
  if (!name.includes(':') || !isUrnText(name)) return false;
  if (name.split(/[:./#]/).some(isReservedName)) return false;
  const lower = name.toLowerCase();
  return [resourceType.schema, ...resourceType.extensions.map(({ schema }) => schema)].every(
    (schema) => {
      const known = schema.id.toLowerCase();
      return lower !== known && !lower.startsWith(`${known}:`);
    },
  );
}

/**
 * How many bytes of JSON a resource may hold under unknown schemas, all of them together. Nobody
 * can search by them; the limit keeps a client from using a person as its file store.
 */
export const foreignBytesMax = 64 * 1024;

/** How much of `foreignBytesMax` an object of an unknown schema takes. */
export function blockBytes(urn: string, block: Json): number {
  const members = isJsonObject(block) ? Object.entries(block) : [];
  return members.reduce(
    (sum, [name, value]) => sum + memberBytes(name, value),
    Buffer.byteLength(JSON.stringify(urn)),
  );
}

/** How much of it one attribute in such an object takes. */
export function memberBytes(name: string, value: Json): number {
  return Buffer.byteLength(JSON.stringify(name)) + Buffer.byteLength(JSON.stringify(value));
}

/** 413 with the limit, in words. */
export function tooManyForeignBytes(): ScimError {
  return new ScimError(
    413,
    undefined,
    `Attributes of unknown schemas may take ${foreignBytesMax} bytes of JSON at most, all together.`,
  );
}

/**
 * A copy of an object of an unknown schema, without the names that could reach a prototype.
 * @throws ScimError invalidValue, for text that can not be stored
 */
export function readForeignBlock(value: JsonObject, where: string): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isReservedName(name))
      .map(([name, member]) => {
        refuseUnstorable(name, where);
        return [name, readForeign(member, `${where}.${name}`)];
      }),
  );
}

/**
 * The same for a value in such an object.
 * @throws ScimError invalidValue
 */
export function readForeign(value: Json, where: string): Json {
  if (isJsonList(value)) return value.map((item) => readForeign(item, where));
  if (isJsonObject(value)) return readForeignBlock(value, where);
  if (typeof value === 'string') refuseUnstorable(value, where);
  return value;
}

function refuseUnstorable(text: string, where: string): void {
  if (!isStorableText(text)) {
    throw badRequest('invalidValue', `${quoted(where)} holds NUL or half of a surrogate pair.`);
  }
}
