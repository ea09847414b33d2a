import {
  findMember,
  isJsonList,
  isJsonObject,
  isStorableText,
  ownValue,
  type Json,
  type JsonObject,
} from '../json.js';
import { badRequest, quoted } from '../scim-error.js';
import {
  findAttribute,
  findExtension,
  findSchema,
  type AttributeSchema,
  type ResourceSchema,
  type ResourceType,
} from '../schema/attribute.js';
import { findCoreAttribute } from '../schema/attribute-ref.js';
import { requireSchema } from '../schema/declared-schemas.js';
import {
  blockBytes,
  foreignBytesMax,
  isForeignUrn,
  readForeignBlock,
  tooManyForeignBytes,
} from './foreign-block.js';
import { isMissing, readAttributeValue } from './read-value.js';

type Draft = Record<string, Json>;

/**
 * Checks the body of a POST or PUT against the schemas of its type and writes it in their spelling.
 * Unknown and readOnly attributes fall away (RFC 7644 §3.3, §3.5.1); null, empty lists and empty
 * text are unassigned (RFC 7643 §2.5); objects of unknown schemas are kept. Where a name is written
 * twice, in two cases, the later one counts. `schemas` comes to name every extension that has
 * values.
 * @throws ScimError invalidSyntax for what is no resource at all, invalidValue for a wrong or
 * missing value, 413 for too much under unknown schemas
 */
export function readResource(body: unknown, resourceType: ResourceType): JsonObject {
  const resource = readPatched(body, resourceType);
  const foreign = Object.entries(resource).filter(([name]) => isForeignUrn(name, resourceType));
  const bytes = foreign.reduce((sum, [urn, block]) => sum + blockBytes(urn, block), 0);
  if (bytes > foreignBytesMax) throw tooManyForeignBytes();
  return resource;
}

/**
 * The same for the outcome of a PATCH. `applyPatch` has judged the size of what it wrote under
 * unknown schemas; what was stored before there was a limit must not stop a change of `active`.
 * @throws ScimError invalidValue for a wrong or missing value
 */
export function readPatched(body: unknown, resourceType: ResourceType): JsonObject {
  if (!isJsonObject(body)) throw badRequest('invalidSyntax', 'The body must be a JSON object.');
  const declared = readSchemas(body, resourceType);

  const blocks: Draft = {};
  // By their folded URNs: a body may have very many of them.
  const foreignNames = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    const attribute = findCoreAttribute(resourceType, name);
    if (attribute) {
      if (attribute.mutability !== 'readOnly')
        assign(blocks, attribute.name, readCore(attribute, value));
      continue;
    }
    const extension = findExtension(resourceType, name);
    if (extension) assign(blocks, extension.id, readBlock(extension, value));
    else if (isJsonObject(value) && isForeignUrn(name, resourceType)) {
      const urn = foreignNames.get(name.toLowerCase()) ?? name;
      foreignNames.set(name.toLowerCase(), urn);
      blocks[urn] = readForeignBlock(value, name);
    }
  }
  requireAttributes(blocks, resourceType.schema.attributes, '');
  requireExtensions(blocks, resourceType);
  return { schemas: withBlocks(declared, blocks), ...blocks };
}

/**
 * The URNs that a body declares, known ones in their own spelling, none twice; the core schema's
 * when it has no `schemas`.
 * @throws ScimError invalidSyntax, when the core schema is not among them (RFC 7643 §3)
 */
function readSchemas(body: JsonObject, resourceType: ResourceType): readonly string[] {
  const given = findMember(body, 'schemas');
  const urns = new Map<string, string>();
  for (const urn of isJsonList(given) ? given : []) {
    if (typeof urn !== 'string' || !isStorableText(urn)) {
      throw badRequest('invalidSyntax', '"schemas" must be a list of URNs.');
    }
    urns.set(urn.toLowerCase(), findSchema(resourceType, urn)?.id ?? urn);
  }
  requireSchema(body, resourceType.schema.id);
  return given === undefined ? [resourceType.schema.id] : [...urns.values()];
}

/** A block whose URN is not declared loses nothing: its URN is added. */
function withBlocks(declared: readonly string[], blocks: JsonObject): readonly string[] {
  const known = new Set(declared.map((urn) => urn.toLowerCase()));
  const missing = Object.keys(blocks).filter(
    (name) => name.includes(':') && !known.has(name.toLowerCase()),
  );
  return [...declared, ...missing];
}

function readCore(attribute: AttributeSchema, value: Json): Json | undefined {
  return readAttributeValue(attribute, value, attribute.name);
}

function readBlock(extension: ResourceSchema, value: Json): JsonObject | undefined {
  if (value === null || value === '' || (isJsonList(value) && value.length === 0)) return undefined;
  if (!isJsonObject(value)) throw badRequest('invalidValue', `${extension.id} must be an object.`);

  const block: Draft = {};
  for (const [name, member] of Object.entries(value)) {
    const attribute = findAttribute(extension.attributes, name);
    if (!attribute || attribute.mutability === 'readOnly') continue;
    const where = `${extension.id}:${attribute.name}`;
    assign(block, attribute.name, readAttributeValue(attribute, member, where));
  }
  return Object.keys(block).length === 0 ? undefined : block;
}

/** Two spellings of one name: the later counts, also when it takes the value away. */
function assign(draft: Draft, name: string, value: Json | undefined): void {
  if (value === undefined) delete draft[name];
  else draft[name] = value;
}

function requireExtensions(blocks: JsonObject, resourceType: ResourceType): void {
  for (const { schema, required } of resourceType.extensions) {
    const block = ownValue(blocks, schema.id);
    if (isJsonObject(block)) requireAttributes(block, schema.attributes, `${schema.id}:`);
    else if (required) throw badRequest('invalidValue', `${schema.id} is required.`);
  }
}

function requireAttributes(
  values: JsonObject,
  attributes: readonly AttributeSchema[],
  prefix: string,
): void {
  for (const { name, required } of attributes) {
    if (required && isMissing(ownValue(values, name))) {
      throw badRequest('invalidValue', `${quoted(`${prefix}${name}`)} is required.`);
    }
  }
}
