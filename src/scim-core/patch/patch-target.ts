import { bindEntryFilter } from '../filter/bind-filter.js';
import type { BoundFilter } from '../filter/bound-filter.js';
import type { PatchPath } from '../path/parse-path.js';
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
}

/**
 * What a PATCH path points at: an attribute, the attributes of a whole schema, or an unknown
 * schema's object.
 */
export type PatchTarget =
  | AttributeTarget
  | { readonly kind: 'schema'; readonly schema: ResourceSchema }
  | { readonly kind: 'foreign'; readonly urn: string };

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
  if (!path.filter && isForeignUrn(path.text, resourceType))
    return { kind: 'foreign', urn: path.text };
  return undefined;
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
