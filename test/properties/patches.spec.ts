import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../src/scim-core/json.js';
import { applyPatch } from '../../src/scim-core/patch/apply-patch.js';
import { parsePatchRequest } from '../../src/scim-core/patch/parse-patch-request.js';
import { groupResourceType, userResourceType } from '../../src/scim-core/schema/resource-types.js';
import { ScimError } from '../../src/scim-core/scim-error.js';
import { generatedPatch, type GeneratedPatch } from './generated-patches.js';
import { referencePatch } from './patch-reference.js';
import { Refusal } from './patch-values.js';
import { propertyRun, tell } from './property-run.js';

const types = { User: userResourceType, Group: groupResourceType };
const prototypeNames = Reflect.ownKeys(Object.prototype);

type Outcome = { readonly resource: unknown } | { readonly refused: string | undefined };

/** What the product makes of a document, from its text on. */
function actual({ kind, resource, text }: GeneratedPatch): Outcome {
  try {
    const operations = parsePatchRequest(JSON.parse(text));
    return { resource: applyPatch(resource as JsonObject, operations, types[kind]) };
  } catch (error) {
    if (error instanceof ScimError) return { refused: error.scimType };
    throw error;
  }
}

function expected({ kind, resource, operations }: GeneratedPatch): Outcome {
  try {
    return { resource: referencePatch(resource, operations, kind) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.scimType };
    throw error;
  }
}

/** So that a write to what was there before fails at once. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe('generated PATCH documents', () => {
  const run = propertyRun(2_000);

  it(
    'S9 S14 do what the RFC says, or nothing at all, and touch no prototype',
    () => {
      let done = 0;
      fc.assert(
        fc.property(generatedPatch, (patch) => {
          const before = structuredClone(patch.resource);
          frozen(patch.resource);

          const outcome = actual(patch);

          expect(outcome).toEqual(expected(patch));
          expect(patch.resource).toEqual(before);
          expect(Reflect.get({}, 'polluted')).toBeUndefined();
          expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeNames);
          expect(JSON.stringify(outcome)).not.toMatch(/"(__proto__|constructor|prototype)":/i);
          done += 1;
        }),
        {
          seed: run.seed,
          numRuns: run.cases,
          interruptAfterTimeLimit: run.limitMs ?? run.timeoutMs,
          markInterruptAsFailure: run.limitMs === undefined,
        },
      );
      tell(run, 'patches', done);
    },
    run.timeoutMs,
  );
});
