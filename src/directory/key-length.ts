import { DomainError, type Problem } from '../kernel/domain-error.js';

/** The longest key, in UTF-8 bytes: PostgreSQL's index takes 2,704 bytes for all columns of a row together. */
const keyBytesMax = 1_024;

/** The problem of a key that no index would take; none for one that is absent or short enough. */
export function findTooLong(field: string, key: string | undefined): Problem[] {
  if (key === undefined || Buffer.byteLength(key) <= keyBytesMax) return [];
  return [{ field, rule: 'tooLong', message: `[${field}] may have ${keyBytesMax} bytes at most.` }];
}

/** @throws DomainError invalid, when the key is too long for an index */
export function refuseTooLong(field: string, key: string | undefined): void {
  const problems = findTooLong(field, key);
  if (problems.length > 0) throw DomainError.invalid(...problems);
}
