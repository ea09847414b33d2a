/** The closed list of ways in which the product refuses; each face maps every one to its own words. */
export type DomainErrorCode =
  | 'not_found'
  | 'conflict'
  | 'invalid'
  | 'forbidden'
  | 'version_mismatch'
  | 'too_large'
  | 'too_many'
  | 'unavailable'
  | 'not_implemented';

/** The rule that a field broke; a face turns it into its own code (`[duplicate]…`, `uniqueness`). */
export type Rule =
  | 'blank'
  | 'missing'
  | 'duplicate'
  | 'invalid'
  | 'tooLong'
  | 'tooShort'
  | 'notInRange'
  | 'couldNotConvert'
  | 'immutable'
  | 'inUse';

/** One broken rule. `field` is the product's name of the field, without a face's prefix. */
export interface Problem {
  readonly field: string;
  readonly rule: Rule;
  readonly message: string;
}

/**
 * A refusal in the product's own terms. It knows no HTTP number: the faces' filters do.
 * `message` is a whole sentence that may be shown to the caller; it never quotes a secret.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: DomainErrorCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static notFound(what: string, id: string): DomainError {
    return new DomainError('not_found', `There is no ${what} with id [${id}].`);
  }

  /** All problems at once, so that a caller mends them in one go; a conflict if every one is a duplicate. */
  static invalid(...problems: readonly Problem[]): DomainError {
    const isConflict = problems.every((problem) => problem.rule === 'duplicate');
    const message = problems.map((problem) => problem.message).join(' ');
    return new DomainError(isConflict ? 'conflict' : 'invalid', message, problems);
  }
}
