import { findInstant } from '../instant.js';
import {
  isJsonList,
  isJsonObject,
  isStorableText,
  ownValue,
  type Json,
  type JsonObject,
} from '../json.js';
import { badRequest, type ScimError } from '../scim-error.js';
import { findSubAttribute, type AttributeSchema } from '../schema/attribute.js';
import { mergeEntries } from './merge-entries.js';
import { findBooleanText, findEntryOfText, isEmptyText, isOnlyLabels } from './vendor-values.js';

/**
 * Reads a value of an attribute from a body or a PATCH operation: names take the schema's spelling,
 * unknown and readOnly sub-attributes fall away (RFC 7643 §2.2, 7644 §3.3), a single value for a
 * multi-valued attribute is one entry, and entries of the same value and type are one. Undefined
 * when it comes to nothing, which is unassigned (RFC 7643 §2.5).
 * @param where the value's path, for the detail of an error
 * @throws ScimError invalidValue, for a value of the wrong type or two primary entries
 */
export function readAttributeValue(
  attribute: AttributeSchema,
  value: Json,
  where: string,
): Json | undefined {
  if (value === null || isEmptyText(attribute, value)) return undefined;
  if (attribute.multiValued) return readEntries(attribute, value, where);
  if (isJsonList(value) && value.length === 0) return undefined;
  return readSingle(attribute, value, where);
}

/**
 * Reads the parts of a complex value: what each named sub-attribute becomes, undefined for
 * unassigned.
 * @throws ScimError invalidValue
 */
export function readParts(
  attribute: AttributeSchema,
  value: Json,
  where: string,
): ReadonlyMap<string, Json | undefined> {
  const object = findEntryOfText(attribute, value) ?? value;
  if (!isJsonObject(object)) throw wrongType(attribute, value, where);
  const parts = new Map<string, Json | undefined>();
  for (const [name, part] of Object.entries(object)) {
    const subAttribute = findSubAttribute(attribute, name);
    if (!subAttribute || subAttribute.mutability === 'readOnly') continue;
    const place = `${where}.${subAttribute.name}`;
    parts.set(subAttribute.name, readAttributeValue(subAttribute, part, place));
  }
  return parts;
}

/** Whether a required attribute has nothing that counts: a name of blanks names nobody. */
export function isMissing(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '');
}

/**
 * At most one entry is the preferred one (RFC 7643 §2.4).
 * @throws ScimError invalidValue
 */
export function refuseTwoPrimaries(entries: readonly Json[], where: string): void {
  if (entries.filter(isPrimary).length > 1) {
    throw badRequest('invalidValue', `${where} has more than one entry with primary true.`);
  }
}

export function isPrimary(entry: Json): boolean {
  return isJsonObject(entry) && ownValue(entry, 'primary') === true;
}

function readEntries(
  attribute: AttributeSchema,
  value: Json,
  where: string,
): readonly Json[] | undefined {
  const given = isJsonList(value) ? value : [value];
  const entries = given.flatMap((item, index) => {
    if (item === null || item === '') return [];
    return readSingle(attribute, item, `${where}[${index}]`) ?? [];
  });
  if (entries.length === 0) return undefined;
  const merged = mergeEntries(entries);
  refuseTwoPrimaries(merged, where);
  return merged;
}

function readSingle(attribute: AttributeSchema, value: Json, where: string): Json | undefined {
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, value, where);
    case 'boolean':
      return readBoolean(attribute, value, where);
    case 'integer':
    case 'decimal':
      return readNumber(attribute, value, where);
    case 'dateTime':
      if (typeof value === 'string' && findInstant(value)) return value;
      throw wrongType(attribute, value, where);
    case 'string':
    case 'reference':
    case 'binary':
      return readText(attribute, value, where);
  }
}

function readComplex(
  attribute: AttributeSchema,
  value: Json,
  where: string,
): JsonObject | undefined {
  const parts = readParts(attribute, value, where);
  const entry: Record<string, Json> = {};
  for (const [name, part] of parts) if (part !== undefined) entry[name] = part;
  if (Object.keys(entry).length === 0) return undefined;

  const isEmptied = parts.has('value') && entry.value === undefined;
  return isEmptied && isOnlyLabels(attribute, entry) ? undefined : entry;
}

function readBoolean(attribute: AttributeSchema, value: Json, where: string): boolean {
  const boolean = typeof value === 'boolean' ? value : findBooleanText(value);
  if (boolean === undefined) throw wrongType(attribute, value, where);
  return boolean;
}

/** Integers beyond 2^53 have already lost digits when JSON was read. */
function readNumber(attribute: AttributeSchema, value: Json, where: string): number {
  const isInteger = attribute.type === 'integer';
  if (typeof value !== 'number' || (isInteger && !Number.isSafeInteger(value))) {
    throw wrongType(attribute, value, where);
  }
  return value;
}

function readText(attribute: AttributeSchema, value: Json, where: string): string {
  if (typeof value !== 'string') throw wrongType(attribute, value, where);
  if (!isStorableText(value)) {
    throw badRequest('invalidValue', `${where} holds NUL or half of a surrogate pair.`);
  }
  return value;
}

/** Names the kind of what was found and not the value: it may be a password. */
function wrongType(attribute: AttributeSchema, value: Json, where: string): ScimError {
  const wanted = attribute.type === 'complex' ? 'an object' : `of type ${attribute.type}`;
  return badRequest('invalidValue', `${where} must be ${wanted}, not ${kindOf(value)}.`);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonList(value)) return 'a list';
  return isJsonObject(value) ? 'an object' : typeof value;
}
