import { DomainError } from '../kernel/domain-error.js';

/**
 * How long a query that no index serves may take, from when the database begins with it. A hundred thousand users are
 * read through in a third of that; and it is less than any statement may take, so that it ends by this limit.
 */
export const scanBudgetMs = 1_000;

/** The database was to read more than such a query may. To try again would be in vain; to ask for less would not. */
export function scanTooLong(cause: unknown): DomainError {
  return new DomainError(
    'too_many',
    'Too many entries would have to be read: narrow the search by the exact value of a field that has an index, ' +
      'such as the id, and do not sort by one that has none.',
    [],
    { cause },
  );
}
