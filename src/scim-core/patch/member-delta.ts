import type { BoundFilter } from '../filter/bound-filter.js';
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import { readAttributeValue } from '../resource/read-value.js';
import { isSameUrn, type ResourceSchema, type ResourceType } from '../schema/attribute.js';
import { findCoreAttribute, toAttributeRef, type AttributeRef } from '../schema/attribute-ref.js';
import { badRequest } from '../scim-error.js';
import { mutabilityError } from './change-entry.js';
import { refuseNothing, saysNothing } from './given-values.js';
import { inOperation, type PatchOp, type PatchOperation } from './patch-operation.js';
import { findMemberTarget, findPatchTarget, type AttributeTarget } from './patch-target.js';
import { noEntry, readListed } from './removed-values.js';
import { findAttributesObject } from './vendor-bodies.js';

/** A member as a client names it; what it leaves out is found by the id. */
export interface Member {
  readonly value: string;
  readonly display?: string;
  readonly type?: string;
  readonly $ref?: string;
}

/** One change of a group's membership. Steps apply in order. */
export type MembershipStep =
  | { readonly kind: 'add'; readonly members: readonly Member[] }
  | { readonly kind: 'remove'; readonly values: readonly string[] }
  | { readonly kind: 'removeAll' }
  /** A filter that is more than a list of ids, over the sub-attributes of one member. */
  | { readonly kind: 'removeWhere'; readonly filter: BoundFilter }
  | { readonly kind: 'replaceAll'; readonly members: readonly Member[] };

export interface MemberDelta {
  readonly steps: readonly MembershipStep[];
  /** What concerns other attributes, for `applyPatch` on the group without its members. */
  readonly rest: readonly PatchOperation[];
}

/**
 * Parts the operations of a group's PATCH into changes of its membership and the rest, so that a
 * group of 50,000 is never loaded to add one person. The two do not touch the same data, so the
 * rest may apply first.
 * @throws ScimError invalidPath, invalidFilter, invalidValue or mutability; the detail names the
 * operation
 */
export function memberDelta(
  operations: readonly PatchOperation[],
  resourceType: ResourceType,
): MemberDelta {
  const steps: MembershipStep[] = [];
  const rest: PatchOperation[] = [];
  for (const operation of operations) {
    inOperation(operation.index, operation.path?.text, () => {
      const parted = operation.path
        ? partPath(operation, resourceType)
        : partMembers(operation, asObject(operation.value), undefined, resourceType);
      steps.push(...parted.steps);
      rest.push(...parted.rest);
    });
  }
  return { steps, rest };
}

/**
 * Reads a list of members, as in the body of a group's POST or PUT. Each id counts once.
 * @throws ScimError invalidValue
 */
export function readMembers(value: Json, resourceType: ResourceType): readonly Member[] {
  const { attribute } = membersOf(resourceType);
  const given = isJsonList(value) ? value : value === null || value === '' ? [] : [value];
  const members = new Map<string, Member>();
  for (const item of given) {
    const [entry] = isJsonList(item)
      ? []
      : asList(readAttributeValue(attribute, item, attribute.name));
    const member = asObject(entry);
    const id = ownValue(member, 'value');
    if (typeof id !== 'string') {
      throw badRequest('invalidValue', 'A member needs the id of a resource as its value.');
    }
    if (!members.has(id)) members.set(id, { ...textParts(member), value: id });
  }
  return [...members.values()];
}

function partPath(operation: PatchOperation, resourceType: ResourceType): MemberDelta {
  const { op, path, value } = operation;
  const target = path && findPatchTarget(path, resourceType);
  if (target?.kind === 'attribute' && isMembers(target, resourceType)) {
    return { steps: toSteps(target, op, value, resourceType), rest: [] };
  }
  const { schema } = resourceType;
  const isCore = target?.kind === 'schema' && isSameUrn(target.schema.id, schema.id);
  const members = isCore && op !== 'remove' ? findAttributesObject(value) : undefined;
  return members
    ? partMembers(operation, members, schema, resourceType)
    : { steps: [], rest: [operation] };
}

/**
 * Takes the membership out of a value object; a value that holds nothing else leaves no operation
 * behind.
 * @param schema whose attributes the members are; undefined for the group as a whole
 */
function partMembers(
  operation: PatchOperation,
  value: JsonObject,
  schema: ResourceSchema | undefined,
  resourceType: ResourceType,
): MemberDelta {
  const steps: MembershipStep[] = [];
  const others: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const target = findMemberTarget(name, schema, resourceType);
    if (target?.kind === 'attribute' && isMembers(target, resourceType)) {
      if (saysNothing(target.ref, operation.op, member)) continue;
      steps.push(...toSteps(target, operation.op, member, resourceType));
    } else if (target?.kind === 'schema' && isSameUrn(target.schema.id, resourceType.schema.id)) {
      const members = findAttributesObject(member) ?? {};
      const inner = partMembers(operation, members, target.schema, resourceType);
      steps.push(...inner.steps);
      for (const { value: left } of inner.rest) Object.assign(others, left);
    } else if (target) {
      others[name] = member;
    }
  }
  const isEmpty = Object.keys(others).length === 0;
  return { steps, rest: isEmpty ? [] : [{ ...operation, path: undefined, value: others }] };
}

function toSteps(
  target: AttributeTarget,
  op: PatchOp,
  value: Json | undefined,
  resourceType: ResourceType,
): readonly MembershipStep[] {
  const { ref, filter } = target;
  if (ref.subAttribute && !filter) {
    throw badRequest(
      'invalidPath',
      `${ref.path}: members are added and removed as a whole, by "members".`,
    );
  }
  if (filter) {
    if (op !== 'remove' || ref.subAttribute) {
      throw mutabilityError(ref.path, 'can not be changed inside a member');
    }
    const values = findIds(filter);
    return [values ? { kind: 'remove', values } : { kind: 'removeWhere', filter }];
  }
  if (op === 'remove') return toRemoval(value, ref);
  refuseNothing(ref, op, value);
  const members = readMembers(value ?? null, resourceType);
  if (op === 'replace') return [{ kind: 'replaceAll', members }];
  return members.length === 0 ? [] : [{ kind: 'add', members }];
}

/**
 * Entra ID and authentik name the members to remove in a list; without one, all go (RFC 7644
 * §3.5.2.2).
 */
function toRemoval(value: Json | undefined, ref: AttributeRef): readonly MembershipStep[] {
  if (value === undefined || value === null) return [{ kind: 'removeAll' }];
  const values = readListed(value, ref).map((member) => {
    const id = ownValue(asObject(member), 'value');
    if (typeof id !== 'string') throw noEntry(ref);
    return id;
  });
  return values.length === 0 ? [] : [{ kind: 'remove', values: [...new Set(values)] }];
}

/** The ids that `value eq "1" or value eq "2"` names; undefined for any other filter. */
function findIds(filter: BoundFilter): readonly string[] | undefined {
  if (filter.kind === 'compare') {
    const isId = filter.ref.subAttribute?.name === 'value' && filter.operator === 'eq';
    return isId && typeof filter.literal === 'string' ? [filter.literal] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const ids = filter.filters.map(findIds);
  return ids.every((found) => found !== undefined) ? ids.flat() : undefined;
}

function isMembers({ ref }: AttributeTarget, resourceType: ResourceType): boolean {
  return ref.schema === undefined && ref.attribute === membersOf(resourceType).attribute;
}

function membersOf(resourceType: ResourceType): AttributeRef {
  const attribute = findCoreAttribute(resourceType, 'members');
  if (!attribute) throw new Error(`${resourceType.name} has no members.`);
  return toAttributeRef(undefined, attribute);
}

function textParts(member: JsonObject): Partial<Member> {
  const { display, type, $ref } = member;
  return {
    ...(typeof display === 'string' ? { display } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof $ref === 'string' ? { $ref } : {}),
  };
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function asList(value: Json | undefined): readonly Json[] {
  return isJsonList(value) ? value : [];
}
