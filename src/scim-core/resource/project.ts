import { isJsonList, isJsonObject, type Json, type JsonObject } from '../json.js';
import { findAttributePath } from '../path/attribute-path.js';
import {
  findAttribute,
  findExtension,
  findSchema,
  findSubAttribute,
  type AttributeSchema,
  type ResourceType,
} from '../schema/attribute.js';
import { findAttributeRef, findCoreAttribute } from '../schema/attribute-ref.js';
import { badRequest } from '../scim-error.js';

/** How many names a request may give; each is looked up. */
export const projectionNamesMax = 1000;

/**
 * What a client wants to see of a resource (RFC 7644 §3.9). Names are kept as paths in lower case:
 * `name.familyname`, `urn:…:user:department`, `urn:…:user` for all of an extension.
 */
export interface Projection {
  readonly kind: 'default' | 'only' | 'except';
  readonly names: ReadonlySet<string>;
}

/** All that is returned by default. */
const everything: Projection = { kind: 'default', names: new Set() };

/** As in a query (one text, names parted by commas) or in a SearchRequest (a list). */
export interface ProjectionRequest {
  readonly attributes?: string | readonly string[] | undefined;
  readonly excludedAttributes?: string | readonly string[] | undefined;
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 §3.9). Unknown names are ignored. The two
 * are alternatives there; giving both is refused, since no answer to it is more right than another.
 * @throws ScimError invalidValue, when both are given or the names are too many
 */
export function parseProjection(
  request: ProjectionRequest,
  resourceType: ResourceType,
): Projection {
  const attributes = splitNames(request.attributes);
  const excluded = splitNames(request.excludedAttributes);
  if (attributes.length > 0 && excluded.length > 0) {
    throw badRequest('invalidValue', 'Give "attributes" or "excludedAttributes", not both.');
  }
  if (attributes.length + excluded.length > projectionNamesMax) {
    throw badRequest('invalidValue', `At most ${projectionNamesMax} attribute names may be given.`);
  }
  if (attributes.length > 0) return { kind: 'only', names: toNames(attributes, resourceType) };
  if (excluded.length > 0) return { kind: 'except', names: toNames(excluded, resourceType) };
  return everything;
}

/**
 * Whether any of a core attribute will be shown, so that a reader can save itself the loading of,
 * say, members.
 */
export function projectionWants(projection: Projection, attributeName: string): boolean {
  const name = attributeName.toLowerCase();
  if (projection.kind !== 'only') return !projection.names.has(name);
  return projection.names.has(name) || hasPartOf(projection, name);
}

/**
 * The resource with what the projection leaves of it. What is never returned is not, whoever asks
 * (RFC 7643 §7). The resource is in the schema's spelling, with nothing in it that the schema does not know.
 */
export function project(
  resource: JsonObject,
  projection: Projection,
  resourceType: ResourceType,
): JsonObject {
  if (projection.kind === 'default' && !hidesAnythingOf(resource, resourceType)) return resource;
  const shown: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    const attribute = findCoreAttribute(resourceType, name);
    const left = attribute
      ? projectAttribute(attribute, value, projection, '')
      : projectBlock(name, value, projection, resourceType);
    if (left !== undefined) shown[attribute?.name ?? name] = left;
  }
  return shown;
}

/** What is not shown by default, found once per type: most resources have nothing of it and are shown as they are. */
const hiddenNames = new WeakMap<ResourceType, ReadonlySet<string> | 'anywhere'>();

function hidesAnythingOf(resource: JsonObject, resourceType: ResourceType): boolean {
  let hidden = hiddenNames.get(resourceType);
  if (hidden === undefined) {
    hidden = findHidden(resourceType);
    hiddenNames.set(resourceType, hidden);
  }
  if (hidden === 'anywhere') return true;
  for (const name of hidden) if (Object.hasOwn(resource, name)) return true;
  return false;
}

/** The core attributes that are never returned or on request only; `anywhere` if some are further down. */
function findHidden({ schema, extensions }: ResourceType): ReadonlySet<string> | 'anywhere' {
  const isHidden = ({ returned }: AttributeSchema) =>
    returned === 'never' || returned === 'request';
  const deeper = [
    ...schema.attributes.flatMap(({ subAttributes = [] }) => subAttributes),
    ...extensions.flatMap((extension) => extension.schema.attributes),
    ...extensions.flatMap((extension) =>
      extension.schema.attributes.flatMap(({ subAttributes = [] }) => subAttributes),
    ),
  ];
  if (deeper.some(isHidden)) return 'anywhere';
  return new Set(schema.attributes.filter(isHidden).map(({ name }) => name));
}

function splitNames(given: string | readonly string[] | undefined): readonly string[] {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  return texts
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * A core schema's URN stands for all its attributes; the URN of an unknown schema for its object.
 */
function toNames(given: readonly string[], resourceType: ResourceType): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of given) {
    const schema = findSchema(resourceType, text);
    const path = findAttributePath(text);
    const ref = path && findAttributeRef(resourceType, path);
    if (schema === resourceType.schema) {
      for (const { name } of schema.attributes) names.add(name.toLowerCase());
    } else if (schema || (!ref && text.includes(':'))) {
      names.add(text.toLowerCase());
    } else if (ref) {
      names.add(ref.path.toLowerCase());
    }
  }
  return names;
}

/** Whether one of the attribute's sub-attributes was named. */
function hasPartOf(projection: Projection, name: string): boolean {
  const prefix = `${name}.`;
  for (const given of projection.names) if (given.startsWith(prefix)) return true;
  return false;
}

function projectBlock(
  name: string,
  value: Json,
  projection: Projection,
  resourceType: ResourceType,
): Json | undefined {
  if (!name.includes(':')) return undefined;
  const urn = name.toLowerCase();
  const isNamed = projection.names.has(urn);
  if (projection.kind === 'except' && isNamed) return undefined;
  const extension = findExtension(resourceType, name);
  if (!extension || !isJsonObject(value)) {
    return projection.kind === 'only' && !isNamed ? undefined : value;
  }

  const within: Projection = projection.kind === 'only' && isNamed ? everything : projection;
  const block: Record<string, Json> = {};
  for (const [member, inner] of Object.entries(value)) {
    const attribute = findAttribute(extension.attributes, member);
    const left = attribute && projectAttribute(attribute, inner, within, `${urn}:`);
    if (left !== undefined && attribute) block[attribute.name] = left;
  }
  return Object.keys(block).length === 0 ? undefined : block;
}

function projectAttribute(
  attribute: AttributeSchema,
  value: Json,
  projection: Projection,
  prefix: string,
): Json | undefined {
  const name = `${prefix}${attribute.name.toLowerCase()}`;
  const isNamed = projection.names.has(name);
  if (attribute.returned === 'never') return undefined;
  if (attribute.returned === 'always' || (projection.kind === 'only' && isNamed)) {
    return projectParts(attribute, value, everything, name);
  }
  const isShown =
    projection.kind === 'only'
      ? hasPartOf(projection, name)
      : !isNamed && attribute.returned !== 'request';
  return isShown ? projectParts(attribute, value, projection, name) : undefined;
}

/** The sub-attributes that are left, in each entry; an entry of which nothing is left goes. */
function projectParts(
  attribute: AttributeSchema,
  value: Json,
  projection: Projection,
  name: string,
): Json | undefined {
  if (!attribute.subAttributes) return value;
  if (isJsonList(value)) {
    const entries = value.flatMap(
      (entry) => projectParts(attribute, entry, projection, name) ?? [],
    );
    return entries.length === 0 && value.length > 0 ? undefined : entries;
  }
  if (!isJsonObject(value)) return value;
  const entry: Record<string, Json> = {};
  for (const [part, inner] of Object.entries(value)) {
    const subAttribute = findSubAttribute(attribute, part);
    const left = subAttribute && projectAttribute(subAttribute, inner, projection, `${name}.`);
    if (left !== undefined && subAttribute) entry[subAttribute.name] = left;
  }
  return Object.keys(entry).length === 0 ? undefined : entry;
}
