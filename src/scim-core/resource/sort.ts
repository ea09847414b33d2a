import { findAttributePath } from '../path/attribute-path.js';
import { findSubAttribute, type ResourceType } from '../schema/attribute.js';
import { findAttributeRef, withSubAttribute, type AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, quoted } from '../scim-error.js';

/** The order of a list as a client asks for it, still text. */
export interface SortRequest {
  readonly sortBy: string | undefined;
  readonly sortOrder: string | undefined;
}

/** An order over several resource types. */
export interface BoundSort {
  /** For each of the types, in their order; undefined where the type has no such attribute. */
  readonly refs: readonly (AttributeRef | undefined)[];
  readonly isDescending: boolean;
}

/**
 * Holds an order against the schemas of the types that are listed (RFC 7644 §3.4.2.3). A complex attribute means its
 * `value`. To sort by what is never returned would tell it by and by, so it is refused (RFC 7643 §7.6).
 * @throws ScimError invalidValue, for an attribute that none of the types has or that has no one value, or another
 * direction than ascending and descending
 */
export function bindSort(
  { sortBy, sortOrder }: SortRequest,
  types: readonly ResourceType[],
): BoundSort | undefined {
  const isDescending = readDirection(sortOrder);
  if (sortBy === undefined) return undefined;
  const path = findAttributePath(sortBy);
  const refs = types.map((type) => path && findAttributeRef(type, path));
  if (refs.every((ref) => ref === undefined))
    throw badRequest('invalidValue', `There is no attribute ${quoted(sortBy)} to sort by.`);
  return { refs: refs.map((ref) => ref && toSingle(ref)), isDescending };
}

function readDirection(sortOrder: string | undefined): boolean {
  switch (sortOrder?.toLowerCase()) {
    case undefined:
    case 'ascending':
      return false;
    case 'descending':
      return true;
    default:
      throw badRequest('invalidValue', '"sortOrder" must be "ascending" or "descending".');
  }
}

function toSingle(given: AttributeRef): AttributeRef {
  const { attribute, subAttribute } = given;
  const part =
    attribute.type === 'complex' && !subAttribute
      ? findSubAttribute(attribute, 'value')
      : subAttribute;
  if (attribute.type === 'complex' && !part)
    throw badRequest('invalidValue', `${given.path} has several parts: name the one to sort by.`);
  if (attribute.returned === 'never' || part?.returned === 'never')
    throw badRequest('invalidValue', `${given.path} can not be sorted by.`);
  return part && !subAttribute ? withSubAttribute(given, part) : given;
}
