import {
  isJsonList,
  isJsonObject,
  isReservedName,
  isStorableText,
  type Json,
  type JsonObject,
} from '../json.js';
import { isUrnText } from '../path/attribute-path.js';
import { isSameUrn, type ResourceType } from '../schema/attribute.js';
import { badRequest, quoted } from '../scim-error.js';

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

/** The name under which a resource has an unknown schema's object: URNs are equal but for case; else the URN itself. */
export function foreignNameIn(resource: JsonObject, urn: string): string {
  if (Object.hasOwn(resource, urn)) return urn;
  return Object.keys(resource).find((name) => isSameUrn(name, urn)) ?? urn;
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

function readForeign(value: Json, where: string): Json {
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
