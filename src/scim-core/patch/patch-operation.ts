import type { Json } from '../json.js';
import type { PatchPath } from '../path/parse-path.js';
import { quoted, ScimError } from '../scim-error.js';

/** How many operations a request may have. */
export const patchOperationsMax = 1000;

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

/** Enough for a path behind the URN of an extension. */
const shownPathMax = 200;

/**
 * Runs what belongs to one operation; a refusal from inside then says which operation it was, and
 * which path the client wrote there: the rule that was broken often speaks of the attribute alone.
 */
export function inOperation<Result>(
  index: number,
  path: string | undefined,
  run: () => Result,
): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    const place = path === undefined ? '' : `, path ${quoted(path, shownPathMax)}`;
    throw new ScimError(
      error.status,
      error.scimType,
      `Operations[${index}]${place}: ${error.detail}`,
    );
  }
}
