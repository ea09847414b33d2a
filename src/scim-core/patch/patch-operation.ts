import type { Json } from '../json.js';
import type { PatchPath } from '../path/parse-path.js';
import { ScimError } from '../scim-error.js';

export type PatchOp = 'add' | 'remove' | 'replace';

/** One operation of a PATCH body, its syntax proven. */
export interface PatchOperation {
  /** Where it stood in the request, from 0, to be named in errors. */
  readonly index: number;
  readonly op: PatchOp;
  readonly path: PatchPath | undefined;
  /** Undefined when the body had none, which only `remove` may; null is a value. */
  readonly value: Json | undefined;
}

/** Runs what belongs to one operation; a refusal from inside then says which operation it was. */
export function inOperation<Result>(index: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    throw new ScimError(error.status, error.scimType, `Operations[${index}]: ${error.detail}`);
  }
}
