import { randomUUID } from 'node:crypto';

/**
 * A new id, a UUID of version 7 (RFC 9562 §5.7): the milliseconds of its making, then 74 random bits. Ids that are made
 * one after the other stand side by side in an index, which then changes in one place and not all over.
 */
export function newId(): string {
  // A clock that never goes back; what time it is for the rules is the Clock's to say.
  const now = Math.floor(performance.timeOrigin + performance.now());
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
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
