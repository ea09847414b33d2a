/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value read from JSON is an object: not null and not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value read from JSON is a list. */
export function isJsonList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * A member of the object itself: `constructor` and its like, which every object inherits, are not
 * found.
 */
export function ownValue(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member whose name is equal but for case; SCIM names are (RFC 7643 §2.1). */
export function findMember(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find(
    (candidate) => candidate.toLowerCase() === name.toLowerCase(),
  );
  return key === undefined ? undefined : object[key];
}

const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Names that could reach an object's prototype. They are never stored, wherever they stand. */
export function isReservedName(name: string): boolean {
  return reservedNames.has(name.toLowerCase());
}

/**
 * Whether a text can be stored by both databases and written back byte for byte: PostgreSQL refuses
 * NUL, and half of a surrogate pair has no UTF-8.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
