import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesEntry } from '../../src/scim-core/filter/matches.js';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../src/scim-core/json.js';
import { applyPatch } from '../../src/scim-core/patch/apply-patch.js';
import {
  memberDelta,
  type MembershipStep,
  readMembers,
} from '../../src/scim-core/patch/member-delta.js';
import { parsePatchRequest } from '../../src/scim-core/patch/parse-patch-request.js';
import { groupResourceType } from '../../src/scim-core/schema/resource-types.js';
import { ScimError } from '../../src/scim-core/scim-error.js';
import { generatedPatch, type GeneratedPatch } from './generated-patches.js';
import type { ReferenceOperation } from './patch-reference.js';
import { propertyRun, tell } from './property-run.js';

type Outcome = { readonly members: readonly string[]; readonly rest: JsonObject } | 'refused';

/** What a group is after a PATCH whose members are changed one by one, as the server changes them. */
function byDelta({ resource, text }: GeneratedPatch): Outcome {
  return orRefused(() => {
    const { steps, rest } = memberDelta(parsePatchRequest(JSON.parse(text)), groupResourceType);
    const { members, ...others } = resource as JsonObject;
    const held = steps.reduce(step, new Map(entriesOf(members)));
    return { members: [...held.keys()].sort(), rest: applyPatch(others, rest, groupResourceType) };
  });
}

/** What it is when the PATCH is applied to the whole group. */
function byWhole({ resource, text }: GeneratedPatch): Outcome {
  return orRefused(() => {
    const operations = parsePatchRequest(JSON.parse(text));
    const { members, ...rest } = applyPatch(resource as JsonObject, operations, groupResourceType);
    const ids = readMembers(members ?? [], groupResourceType).map(({ value }) => value);
    return { members: ids.sort(), rest };
  });
}

function orRefused(patch: () => Outcome): Outcome {
  try {
    return patch();
  } catch (error) {
    if (error instanceof ScimError) return 'refused';
    throw error;
  }
}

function step(held: Map<string, Json>, change: MembershipStep): Map<string, Json> {
  switch (change.kind) {
    case 'add':
      return new Map([...change.members.map(toEntry), ...held]);
    case 'remove':
      return new Map([...held].filter(([id]) => !change.values.includes(id)));
    case 'removeAll':
      return new Map();
    case 'removeWhere':
      return new Map([...held].filter(([, entry]) => !matchesEntry(change.filter, entry)));
    case 'replaceAll':
      return new Map(change.members.map(toEntry));
  }
}

function toEntry(member: { readonly value: string }): [string, Json] {
  return [member.value, { ...member }];
}

function entriesOf(members: Json | undefined): [string, Json][] {
  return (isJsonList(members) ? members : []).flatMap((entry) =>
    isJsonObject(entry) && typeof entry.value === 'string' ? [[entry.value, entry]] : [],
  );
}

/** Members as the store has them: each with its id, and once. */
function asStored(resource: GeneratedPatch['resource']): JsonObject {
  const { members, ...rest } = resource as JsonObject;
  const held = [...new Map(entriesOf(members)).values()];
  return held.length === 0 ? rest : { ...rest, members: held };
}

/** The server changes no part of a member: who is in a group is all that is stored. */
function changesInside({ text, operations }: GeneratedPatch): boolean {
  const namesPart = /members(?:\[[^\]]*\])?\./i.test(text);
  return namesPart || operations.some(({ op, path }) => op !== 'remove' && hasFilter(path));
}

function hasFilter(path: ReferenceOperation['path']): boolean {
  return typeof path === 'object' && path.filter !== undefined;
}

describe('generated PATCH documents of groups', () => {
  const run = propertyRun(1_000);
  const groupPatch = generatedPatch
    .filter((patch) => patch.kind === 'Group' && !changesInside(patch))
    .map((patch) => ({ ...patch, resource: asStored(patch.resource) }));

  it(
    'S14 change the membership step by step as they change the whole group',
    () => {
      let done = 0;
      let accepted = 0;
      fc.assert(
        fc.property(groupPatch, (patch) => {
          done += 1;
          const delta = byDelta(patch);
          // It may refuse more: also what names nobody and is replaced by a later operation.
          if (delta === 'refused') return;
          accepted += 1;
          expect(delta).toEqual(byWhole(patch));
        }),
        {
          seed: run.seed,
          numRuns: run.cases,
          interruptAfterTimeLimit: run.limitMs ?? run.timeoutMs,
          markInterruptAsFailure: run.limitMs === undefined,
        },
      );
      expect(accepted).toBeGreaterThan(done / 10);
      tell(run, 'member deltas', done);
    },
    run.timeoutMs,
  );
});
