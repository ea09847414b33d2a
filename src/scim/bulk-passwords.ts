import { isJsonList, isJsonObject, type Json, type JsonObject } from '../scim-core/json.js';

/**
 * The password that the data of an operation sets, wherever it stands: as a member of a resource, in the value of a
 * PATCH operation, or as its value. The last one counts. It is only looked for to be hashed ahead of time: what is missed
 * here is hashed when it is met, and what is no password after all was hashed for nothing.
 */
export function findPassword(data: Json): string | undefined {
  if (isJsonList(data)) return lastOf(data.map(findPassword));
  if (!isJsonObject(data)) return undefined;
  const own = Object.entries(data).map(([name, value]) =>
    typeof value === 'string' && isPassword(name) ? value : findPassword(value),
  );
  return lastOf([...own, findPatchValue(data)]);
}

function findPatchValue(operation: JsonObject): string | undefined {
  let path: Json | undefined;
  let value: Json | undefined;
  for (const [name, member] of Object.entries(operation)) {
    if (name.toLowerCase() === 'path') path = member;
    if (name.toLowerCase() === 'value') value = member;
  }
  return typeof path === 'string' && isPassword(path) && typeof value === 'string'
    ? value
    : undefined;
}

/** By itself or behind the URN of its schema, in any case (RFC 7644 §3.10). */
function isPassword(name: string): boolean {
  const folded = name.toLowerCase();
  return folded === 'password' || folded.endsWith(':password');
}

function lastOf(found: readonly (string | undefined)[]): string | undefined {
  return found.findLast((password) => password !== undefined && password !== '');
}
