/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value read from JSON is an object: not null and not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON column's object as what it is. Rows call it `object`: TypeORM's own types do not end on recursive ones. */
export function toJsonObject(value: object): JsonObject {
  if (!isJsonObject(value)) throw new Error('a list is no JSON object');
  return value;
}
