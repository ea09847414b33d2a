import { randomUUID } from 'node:crypto';

/** A new random id (UUID version 4). */
export function newId(): string {
  return randomUUID();
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of a UUID, of whatever version. */
export function isUuid(text: string): boolean {
  return text.length === 36 && uuidPattern.test(text);
}

/** UUIDs are case-insensitive (RFC 9562 §4); we keep and compare them in lower case. */
export function canonicalId(text: string): string {
  return text.toLowerCase();
}
