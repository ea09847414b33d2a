import { DomainError } from '../kernel/domain-error.js';

/**
 * The versions that a caller has seen, if its change must not go over another one; undefined where it may go over
 * any. A list of none is met by nothing.
 */
export type ExpectedVersions = readonly number[] | undefined;

/**
 * To be asked under the row's lock, or another change may come in between.
 * @throws DomainError version_mismatch
 */
export function refuseOtherVersion(
  what: string,
  { version }: { readonly version: number },
  expected: ExpectedVersions,
): void {
  if (expected === undefined || expected.includes(version)) return;
  throw new DomainError(
    'version_mismatch',
    `The ${what} has been changed since the version that is asked for.`,
  );
}
