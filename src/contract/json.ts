import type { Json, JsonObject } from '../kernel/json.js';

/** The object without the members that have no value: answers leave them out (contract/README.md §1). */
export function withoutAbsent(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const present = Object.entries(members).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return Object.fromEntries(present);
}
