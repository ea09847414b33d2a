import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { findPlainPath, parsePath, type PatchPath } from '../path/parse-path.js';
import { deepEqual } from '../resource/equal.js';
import { foreignNameIn, readForeignBlock } from '../resource/foreign-block.js';
import { findExtension, type ResourceSchema, type ResourceType } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';
import { changeAttribute } from './change-attribute.js';
import { mutabilityError } from './change-entry.js';
import { inOperation, type PatchOp, type PatchOperation } from './patch-operation.js';
import {
  findPatchTarget,
  getPatchTarget,
  unknownPath,
  type AttributeTarget,
  type PatchTarget,
} from './patch-target.js';

/**
 * The copy that the operations work on. Only its own members are replaced, never what is inside
 * them.
 */
type Draft = Record<string, Json>;

/**
 * Applies the operations of a PATCH in order (RFC 7644 §3.5.2), each to the outcome of the one
 * before, to a copy: if the third one fails, nothing of the first two is left behind. The
 * resource's names must be in the schema's spelling; so are the result's. `schemas` follows the
 * extensions that come and go.
 * @throws ScimError invalidPath, invalidFilter, noTarget, mutability or invalidValue; the detail
 * names the operation
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  resourceType: ResourceType,
): JsonObject {
  const draft: Draft = { ...resource };
  for (const operation of operations) {
    inOperation(operation.index, operation.path?.text, () =>
      applyOperation(draft, operation, resourceType),
    );
  }
  settleSchemas(draft, resource, resourceType);
  return draft;
}

function applyOperation(draft: Draft, operation: PatchOperation, resourceType: ResourceType): void {
  const { op, path, value } = operation;
  if (!path) {
    if (isJsonObject(value)) applyMembers(draft, op, value, undefined, resourceType);
    return;
  }
  const target = getPatchTarget(path, resourceType);
  switch (target.kind) {
    case 'attribute':
      return changeTarget(draft, target, op, value);
    case 'schema':
      return changeSchema(draft, target.schema, op, value, resourceType);
    case 'foreign':
      if (!isForeignFit(draft, target.urn, op, value)) throw unknownPath(path);
      return changeForeign(draft, target.urn, op, value);
  }
}

/** Only the object as a whole has a path: the attributes of an unknown schema are unknown. */
function isForeignFit(draft: Draft, urn: string, op: PatchOp, value: Json | undefined): boolean {
  return op === 'remove' ? Object.hasOwn(draft, foreignNameIn(draft, urn)) : isJsonObject(value);
}

/**
 * The value of an operation without a path: each member is a path of its own, `name.givenName` and
 * `urn:…:User:department` as Entra ID sends them included. Names that no schema knows are passed
 * over, as they are in the body of a PUT.
 */
function applyMembers(
  draft: Draft,
  op: PatchOp,
  members: JsonObject,
  schema: ResourceSchema | undefined,
  resourceType: ResourceType,
): void {
  for (const [name, value] of Object.entries(members)) {
    const path = findMemberPath(schema ? `${schema.id}:${name}` : name);
    const target = path && findPatchTarget(path, resourceType);
    if (target) applyMember(draft, target, op, value, resourceType);
  }
}

/** A member with brackets can only be meant as a path, so a fault in it is told. */
function findMemberPath(name: string): PatchPath | undefined {
  return name.includes('[') ? parsePath(name) : findPlainPath(name);
}

function applyMember(
  draft: Draft,
  target: PatchTarget,
  op: PatchOp,
  value: Json,
  resourceType: ResourceType,
): void {
  switch (target.kind) {
    case 'attribute':
      if (!isPassedOver(draft, target, value)) changeTarget(draft, target, op, value);
      return;
    case 'schema':
      return changeSchema(draft, target.schema, op, value, resourceType);
    case 'foreign':
      return changeForeign(draft, target.urn, op, value);
  }
}

/**
 * Okta sends a group's own id inside the value of every rename, authentik the whole group with
 * `schemas` and `meta`: readOnly attributes are passed over there, as in a PUT. An id that is not
 * the resource's own, however, means that the client speaks of another resource.
 * @throws ScimError mutability
 */
function isPassedOver(draft: Draft, { ref }: AttributeTarget, value: Json): boolean {
  const { attribute, subAttribute } = ref;
  if (attribute.mutability !== 'readOnly') return subAttribute?.mutability === 'readOnly';
  const isIdentity = attribute.uniqueness !== 'none';
  if (isIdentity && !deepEqual(ownValue(draft, attribute.name), value)) {
    throw mutabilityError(ref.path, 'is readOnly');
  }
  return true;
}

function changeTarget(
  draft: Draft,
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
): void {
  const { schema, attribute } = target.ref;
  const container = schema === undefined ? draft : toBlock(draft, schema);
  const after = changeAttribute(ownValue(container, attribute.name), target, op, value);
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
  draft: Draft,
  schema: ResourceSchema,
  op: PatchOp,
  value: Json | undefined,
  resourceType: ResourceType,
): void {
  if (op !== 'remove' && isJsonObject(value)) {
    return applyMembers(draft, op, value, schema, resourceType);
  }
  const isCleared = op === 'remove' || value === null || value === '';
  if (!isCleared) throw badRequest('invalidValue', `${schema.id} must be an object.`);
  if (
    !findExtension(resourceType, schema.id) ||
    schema.attributes.some(({ required }) => required)
  ) {
    throw mutabilityError(schema.id, 'is required');
  }
  delete draft[schema.id];
}

/**
 * An object of a schema that we do not know is kept as it is sent, its first level merged by `add`.
 */
function changeForeign(draft: Draft, given: string, op: PatchOp, value: Json | undefined): void {
  const urn = foreignNameIn(draft, given);
  if (op === 'remove' || value === null || value === '') {
    delete draft[urn];
  } else if (isJsonObject(value)) {
    const block = readForeignBlock(value, urn);
    draft[urn] = op === 'add' ? { ...toBlock(draft, urn), ...block } : block;
  }
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
