import type { Problem } from '../../kernel/domain-error.js';

/**
 * A request that breaks rules of its own form, told before any service is asked. The fields of its problems are
 * whole paths (`entity.type.id`); a problem with an empty field is about the request as a whole.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join(' '));
  }
}

/** One problem with one field. */
export function requestError(field: string, rule: Problem['rule'], message: string): RequestError {
  return new RequestError([{ field, rule, message }]);
}
