/** The data types of RFC 7643 §2.3. */
type AttributeType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';

/** One attribute and its characteristics, under the names of RFC 7643 §7. */
export interface AttributeSchema {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  /**
   * What the attribute is for a resource that never said otherwise. A PATCH that unassigns it
   * changes nothing, and is refused where another value is stored: only an explicit value may take
   * that back. Not a characteristic of RFC 7643, and not told in `/Schemas`.
   */
  readonly initialValue?: boolean;
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly AttributeSchema[];
}

/** A schema: its id is a URN. */
export interface ResourceSchema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly AttributeSchema[];
}

interface SchemaExtension {
  readonly schema: ResourceSchema;
  readonly required: boolean;
}

/**
 * A kind of resource at an endpoint: one core schema and the extensions that may join it (RFC 7643
 * §6).
 */
export interface ResourceType {
  readonly name: string;
  readonly endpoint: string;
  readonly description: string;
  readonly schema: ResourceSchema;
  readonly extensions: readonly SchemaExtension[];
}

/**
 * An attribute needs its name and a sentence; all else is what most attributes are (RFC 7643 §2.2).
 */
type AttributeDefinition = Pick<AttributeSchema, 'name' | 'description'> & Partial<AttributeSchema>;

/**
 * Fills in the usual characteristics. References and binary values are always compared with case.
 */
export function defineAttribute(definition: AttributeDefinition): AttributeSchema {
  const type = definition.type ?? 'string';
  return {
    type,
    multiValued: false,
    required: false,
    caseExact: type === 'reference' || type === 'binary',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...definition,
  };
}

/**
 * Indexes by lower-case name, made once per list: names are looked up for every key of every body.
 */
const indexes = new WeakMap<readonly AttributeSchema[], ReadonlyMap<string, AttributeSchema>>();

/** The attribute of that name, in any case (RFC 7643 §2.1). */
export function findAttribute(
  attributes: readonly AttributeSchema[],
  name: string,
): AttributeSchema | undefined {
  let index = indexes.get(attributes);
  if (!index) {
    index = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]));
    indexes.set(attributes, index);
  }
  return index.get(name.toLowerCase());
}

/** The sub-attribute of that name, in any case; an attribute that is not complex has none. */
export function findSubAttribute(
  attribute: AttributeSchema,
  name: string,
): AttributeSchema | undefined {
  return attribute.subAttributes && findAttribute(attribute.subAttributes, name);
}

/**
 * The core or extension schema of that URN, in any case (RFC 8141: most of a URN is without case).
 */
export function findSchema(resourceType: ResourceType, urn: string): ResourceSchema | undefined {
  if (isSameUrn(resourceType.schema.id, urn)) return resourceType.schema;
  return findExtension(resourceType, urn);
}

/** The extension of that URN, in any case. */
export function findExtension(resourceType: ResourceType, urn: string): ResourceSchema | undefined {
  return resourceType.extensions.find(({ schema }) => isSameUrn(schema.id, urn))?.schema;
}

export function isSameUrn(left: string, right: string): boolean {
  return left.length === right.length && left.toLowerCase() === right.toLowerCase();
}
