import { ScimError } from '../scim-core/scim-error.js';

/** The path is there and does not do this (RFC 9110 §15.5.6). */
export class MethodNotAllowed extends ScimError {
  constructor(
    method: string,
    readonly allowed: readonly string[],
  ) {
    super(405, undefined, `${method} is not allowed here; ${allowed.join(', ')} is.`);
  }
}
