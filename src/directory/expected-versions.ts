import { DomainError } from '../kernel/domain-error.js';

/** Some versions of a record, or all of them. */
type Versions = readonly number[] | 'any';

/**
 * The versions over which a caller's change may go; undefined where it may go over any. `among` none is met by nothing,
 * and `notAmong` any by nothing that is there.
 */
export type ExpectedVersions =
  { readonly among?: Versions | undefined; readonly notAmong?: Versions | undefined } | undefined;

/**
 * To be asked under the row's lock, or another change may come in between.
 * @throws DomainError version_mismatch
 */
export function refuseOtherVersion(
  what: string,
  { version }: { readonly version: number },
  expected: ExpectedVersions,
): void {
  const { among = 'any', notAmong = [] } = expected ?? {};
  if (!holds(among, version)) {
    throw new DomainError(
      'version_mismatch',
      `The ${what} has been changed since the version that is asked for.`,
    );
  }
  if (holds(notAmong, version)) {
    throw new DomainError(
      'version_mismatch',
      `The ${what} has a version that must not be changed.`,
    );
  }
}

function holds(versions: Versions, version: number): boolean {
  return versions === 'any' || versions.includes(version);
}
