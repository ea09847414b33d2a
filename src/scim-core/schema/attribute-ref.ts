import type { AttributePath } from '../path/attribute-path.js';
import {
  findAttribute,
  findExtension,
  findSubAttribute,
  isSameUrn,
  type AttributeSchema,
  type ResourceSchema,
  type ResourceType,
} from './attribute.js';
import { commonAttributes } from './common.js';

/** An attribute that a path was found to mean. */
export interface AttributeRef {
  /**
   * The URN of the extension, in the schema's spelling; undefined for core and common attributes.
   */
  readonly schema: string | undefined;
  readonly attribute: AttributeSchema;
  readonly subAttribute: AttributeSchema | undefined;
  /** The path in the schema's spelling: `name.familyName`, `urn:…:User:manager.value`. */
  readonly path: string;
}

/** A core or common attribute by its name, in any case. */
export function findCoreAttribute(
  resourceType: ResourceType,
  name: string,
): AttributeSchema | undefined {
  return (
    findAttribute(resourceType.schema.attributes, name) ?? findAttribute(commonAttributes, name)
  );
}

/** What a path means in a resource of this type; undefined when the schemas do not know it. */
export function findAttributeRef(
  resourceType: ResourceType,
  path: AttributePath,
): AttributeRef | undefined {
  const isCore = path.urn === undefined || isSameUrn(path.urn, resourceType.schema.id);
  const extension =
    isCore || path.urn === undefined ? undefined : findExtension(resourceType, path.urn);
  if (!isCore && !extension) return undefined;

  const attribute = extension
    ? findAttribute(extension.attributes, path.name)
    : findCoreAttribute(resourceType, path.name);
  if (!attribute) return undefined;
  if (path.sub === undefined) return toAttributeRef(extension, attribute);

  const subAttribute = findSubAttribute(attribute, path.sub);
  return subAttribute && toAttributeRef(extension, attribute, subAttribute);
}

/** The reference to an attribute of an extension, or of the core when there is none. */
export function toAttributeRef(
  extension: ResourceSchema | undefined,
  attribute: AttributeSchema,
  subAttribute?: AttributeSchema,
): AttributeRef {
  const prefix = extension ? `${extension.id}:` : '';
  const suffix = subAttribute ? `.${subAttribute.name}` : '';
  return {
    schema: extension?.id,
    attribute,
    subAttribute,
    path: `${prefix}${attribute.name}${suffix}`,
  };
}

/** The same attribute, narrowed to one of its sub-attributes. */
export function withSubAttribute(ref: AttributeRef, subAttribute: AttributeSchema): AttributeRef {
  const path = ref.subAttribute ? ref.path.slice(0, ref.path.lastIndexOf('.')) : ref.path;
  return { ...ref, subAttribute, path: `${path}.${subAttribute.name}` };
}
