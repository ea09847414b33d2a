import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { deepEqual } from '../resource/equal.js';
import { findExtension, type ResourceSchema, type ResourceType } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';
import { changeAttribute } from './change-attribute.js';
import { mutabilityError } from './change-entry.js';
import { ForeignBlocks } from './foreign-blocks.js';
import { saysNothing } from './given-values.js';
import { inOperation, type PatchOp, type PatchOperation } from './patch-operation.js';
import {
  findMemberTarget,
  getPatchTarget,
  unknownPath,
  type AttributeTarget,
  type PatchTarget,
} from './patch-target.js';
import { hasPrimary, namesPrimary } from './primary-entry.js';
import { refuseOtherObject } from './removed-values.js';
import { findAttributesObject, unwrapOne } from './vendor-bodies.js';

/**
 * The copy that the operations work on. Only its own members are replaced, never what is inside
 * them.
 */
type Draft = Record<string, Json>;

/** A PATCH under way. */
interface Work {
  readonly draft: Draft;
  readonly resourceType: ResourceType;
  readonly foreign: ForeignBlocks;
  /** The multi-valued attributes whose primary entry an operation of this request has named. */
  readonly primariesNamed: Set<string>;
}

/**
 * Applies the operations of a PATCH in order (RFC 7644 §3.5.2), each to the outcome of the one
 * before, to a copy: if the third one fails, nothing of the first two is left behind. The
 * resource's names must be in the schema's spelling; so are the result's. `schemas` follows the
 * extensions that come and go.
 * @throws ScimError invalidPath, invalidFilter, noTarget, mutability or invalidValue, or 413 for
 * too much under unknown schemas; the detail names the operation
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  resourceType: ResourceType,
): JsonObject {
  const draft: Draft = { ...resource };
  const foreign = new ForeignBlocks(draft, resourceType);
  const work: Work = { draft, resourceType, foreign, primariesNamed: new Set() };
  for (const operation of operations) {
    inOperation(operation.index, operation.path?.text, () => applyOperation(work, operation));
  }
  settleSchemas(draft, resource, resourceType);
  return draft;
}

function applyOperation(work: Work, operation: PatchOperation): void {
  const { op, path, value } = operation;
  if (!path) {
    if (isJsonObject(value)) applyMembers(work, op, value, undefined);
    return;
  }
  const target = getPatchTarget(path, work.resourceType);
  switch (target.kind) {
    case 'attribute':
      return changeTarget(work, target, op, toGiven(target, value));
    case 'schema':
      return changeSchema(work, target.schema, op, value);
    case 'foreign':
      if (!work.foreign.fits(path, op, value)) throw unknownPath(path);
      return work.foreign.change(path, op, value);
  }
}

/** The value of an operation without a path, or one whose path is a schema. */
function applyMembers(
  work: Work,
  op: PatchOp,
  members: JsonObject,
  schema: ResourceSchema | undefined,
): void {
  for (const [name, value] of Object.entries(members)) {
    const target = findMemberTarget(name, schema, work.resourceType);
    if (target) applyMember(work, target, op, value);
  }
}

function applyMember(work: Work, target: PatchTarget, op: PatchOp, value: Json): void {
  switch (target.kind) {
    case 'attribute': {
      const given = toGiven(target, value);
      if (!isPassedOver(work.draft, target, op, given)) changeTarget(work, target, op, given);
      return;
    }
    case 'schema':
      return changeSchema(work, target.schema, op, value);
    case 'foreign':
      if (work.foreign.fits(target.path, op, value)) work.foreign.change(target.path, op, value);
  }
}

/** A list stays a list only where the attribute as a whole is meant and has many values. */
function toGiven({ ref, filter }: AttributeTarget, value: Json): Json;
function toGiven({ ref, filter }: AttributeTarget, value: Json | undefined): Json | undefined;
function toGiven({ ref, filter }: AttributeTarget, value: Json | undefined): Json | undefined {
  return ref.attribute.multiValued && !ref.subAttribute && !filter ? value : unwrapOne(value);
}

/**
 * Okta sends a group's own id inside the value of every rename, authentik the whole group with
 * `schemas` and `meta`: readOnly attributes are passed over there, as in a PUT. So is a value that
 * says nothing, which with a path of its own would be a fault. An id that is not the resource's
 * own, however, means that the client speaks of another resource.
 * @throws ScimError mutability
 */
function isPassedOver(draft: Draft, { ref }: AttributeTarget, op: PatchOp, value: Json): boolean {
  const { attribute, subAttribute } = ref;
  if (attribute.mutability !== 'readOnly') {
    return subAttribute?.mutability === 'readOnly' || saysNothing(ref, op, value);
  }
  const isIdentity = attribute.uniqueness !== 'none';
  if (isIdentity && !deepEqual(ownValue(draft, attribute.name), value)) {
    throw mutabilityError(ref.path, 'is readOnly');
  }
  return true;
}

function changeTarget(
  { draft, primariesNamed }: Work,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): void {
  const { schema, attribute } = target.ref;
  const container = schema === undefined ? draft : toBlock(draft, schema);
  const list = `${schema ?? ''}:${attribute.name}`;
  const isPrimaryNamed = primariesNamed.has(list);
  const before = ownValue(container, attribute.name);
  const after = changeAttribute(before, { ...target, isPrimaryNamed }, op, value);
  if (namesPrimary(target, op, value)) primariesNamed.add(list);
  else if (!hasPrimary(after)) primariesNamed.delete(list);
  if (schema === undefined) return assign(draft, attribute.name, after);

  const block: Draft = { ...container };
  assign(block, attribute.name, after);
  assign(draft, schema, Object.keys(block).length === 0 ? undefined : block);
}

/**
 * A path or member that names a schema: its attributes, all of them (RFC 7644 §3.5.2.1 allows a URN
 * there).
 */
function changeSchema(
  work: Work,
  schema: ResourceSchema,
  op: PatchOp,
  value: Json | undefined,
): void {
  const members = findAttributesObject(value);
  if (members && op !== 'remove') return applyMembers(work, op, members, schema);
  const given = unwrapOne(value);
  if (op !== 'remove' && given !== null && given !== '')
    throw badRequest('invalidValue', `${schema.id} must be an object.`);
  if (
    !findExtension(work.resourceType, schema.id) ||
    schema.attributes.some(({ required }) => required)
  ) {
    throw mutabilityError(schema.id, 'is required');
  }
  if (op === 'remove')
    refuseOtherObject(ownValue(work.draft, schema.id), members ?? given, schema.id);
  delete work.draft[schema.id];
}

function toBlock(draft: Draft, urn: string): JsonObject {
  const block = ownValue(draft, urn);
  return isJsonObject(block) ? block : {};
}

function assign(draft: Draft, name: string, value: Json | undefined): void {
  if (value === undefined) delete draft[name];
  else draft[name] = value;
}

/**
 * Names every extension that has got values and drops those that have lost their last (RFC 7643
 * §3).
 */
function settleSchemas(draft: Draft, before: JsonObject, resourceType: ResourceType): void {
  const blocks = blockNames(draft);
  const lost = toKeys(blockNames(before).filter((name) => !Object.hasOwn(draft, name)));
  const declared = isJsonList(draft.schemas) ? draft.schemas : [resourceType.schema.id];
  const kept = declared.filter((urn) => !lost.has(toKey(urn)));
  const named = toKeys(kept);
  const missing = blocks.filter((name) => !named.has(toKey(name)));
  if (kept.length < declared.length || missing.length > 0) draft.schemas = [...kept, ...missing];
}

function toKeys(urns: readonly Json[]): ReadonlySet<string> {
  return new Set(urns.map(toKey));
}

function toKey(urn: Json): string {
  return String(urn).toLowerCase();
}

function blockNames(resource: JsonObject): readonly string[] {
  return Object.keys(resource).filter((name) => name.includes(':'));
}
