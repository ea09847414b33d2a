import { bindEntryFilter } from '../filter/bind-filter.js';
import type { BoundFilter } from '../filter/bound-filter.js';
import { findPlainPath, parsePath, type PatchPath } from '../path/parse-path.js';
import { isForeignUrn } from '../resource/foreign-block.js';
import { findSchema, type ResourceSchema, type ResourceType } from '../schema/attribute.js';
import { findAttributeRef, type AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, quoted } from '../scim-error.js';

/**
 * An attribute, narrowed to the entries that a filter chooses, to one sub-attribute, to both or
 * neither.
 */
export interface AttributeTarget {
  readonly kind: 'attribute';
  readonly ref: AttributeRef;
  readonly filter: BoundFilter | undefined;
  /** Whether an operation before this one has said which entry is the primary one. */
  readonly isPrimaryNamed?: boolean;
}

/**
 * What a PATCH path points at: an attribute, the attributes of a whole schema, or something of an
 * unknown schema. What that is depends on what is stored.
 */
export type PatchTarget =
  | AttributeTarget
  | { readonly kind: 'schema'; readonly schema: ResourceSchema }
  | { readonly kind: 'foreign'; readonly path: PatchPath };

/**
 * What a path means in a resource of this type; undefined when the schemas do not know it.
 * @throws ScimError invalidFilter, when what is in the brackets does not fit the attribute
 */
export function findPatchTarget(
  path: PatchPath,
  resourceType: ResourceType,
): PatchTarget | undefined {
  const schema = path.filter ? undefined : findSchema(resourceType, path.text);
  if (schema) return { kind: 'schema', schema };

  const ref = path.attribute && findAttributeRef(resourceType, path.attribute);
  if (ref) return { kind: 'attribute', ref, filter: bindBrackets(path, ref) };
  if (!path.filter && isForeignUrn(path.text, resourceType)) return { kind: 'foreign', path };
  return undefined;
}

/**
 * What a member of an operation's value means, where the value stands for attributes: each name is
 * a path of its own, `name.givenName` and `urn:…:User:department` as Entra ID sends them included.
 * Undefined for a name that no schema knows, which is passed over as in the body of a PUT.
 * @param schema whose attributes they are; undefined for the resource as a whole
 * @throws ScimError invalidPath or invalidFilter, for a name with brackets: it can only be meant as
 * a path, so a fault in it is told
 */
export function findMemberTarget(
  name: string,
  schema: ResourceSchema | undefined,
  resourceType: ResourceType,
): PatchTarget | undefined {
  const text = schema ? `${schema.id}:${name}` : name;
  const path = text.includes('[') ? parsePath(text) : findPlainPath(text);
  return path && findPatchTarget(path, resourceType);
}

/** @throws ScimError invalidPath, when the schemas do not know the path */
export function getPatchTarget(path: PatchPath, resourceType: ResourceType): PatchTarget {
  const target = findPatchTarget(path, resourceType);
  if (!target) throw unknownPath(path);
  return target;
}

export function unknownPath(path: PatchPath): Error {
  return badRequest('invalidPath', `${quoted(path.text)} is not an attribute of this resource.`);
}

function bindBrackets(path: PatchPath, ref: AttributeRef): BoundFilter | undefined {
  if (!path.filter) return undefined;
  if (ref.attribute.type !== 'complex') {
    throw badRequest(
      'invalidPath',
      `${quoted(path.text)}: ${ref.attribute.name} has no parts to choose by.`,
    );
  }
  return bindEntryFilter(path.filter, ref);
}
