import { compareCodePoints, textKey } from '../fold-case.js';
import { findInstant } from '../instant.js';
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from '../json.js';
import type { AttributeSchema } from '../schema/attribute.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import type { BoundComparison, BoundFilter, BoundOperator } from './bound-filter.js';

/** The values that a filter's attribute has in the thing that is tested. */
type ValuesAt = (ref: AttributeRef) => readonly Json[];

/**
 * Whether a resource, its names in the schema's spelling, meets a filter. A multi-valued attribute
 * meets a comparison when any of its values does (RFC 7644 §3.4.2.2). The database's answer is held
 * against this one.
 */
export function matches(filter: BoundFilter, resource: JsonObject): boolean {
  return holds(filter, (ref) => valuesAt(ref, resource));
}

/** Whether one entry of a complex attribute meets what `bindEntryFilter` bound. */
export function matchesEntry(filter: BoundFilter, entry: Json): boolean {
  return holds(filter, (ref) => partsOf(entry, ref.subAttribute));
}

function holds(filter: BoundFilter, valuesAtRef: ValuesAt): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((inner) => holds(inner, valuesAtRef));
    case 'or':
      return filter.filters.some((inner) => holds(inner, valuesAtRef));
    case 'not':
      return !holds(filter.filter, valuesAtRef);
    case 'present':
      return valuesAtRef(filter.ref).some(isPresent);
    case 'valuePath':
      return valuesAtRef(filter.ref).some((entry) => matchesEntry(filter.filter, entry));
    case 'compare':
      return valuesAtRef(filter.ref).some((value) => compares(filter, value));
  }
}

function valuesAt(ref: AttributeRef, resource: JsonObject): readonly Json[] {
  const container = ref.schema === undefined ? resource : ownValue(resource, ref.schema);
  if (!isJsonObject(container)) return [];
  const value = ownValue(container, ref.attribute.name);
  const entries = isJsonList(value) ? value : value === undefined ? [] : [value];
  return ref.subAttribute ? entries.flatMap((entry) => partsOf(entry, ref.subAttribute)) : entries;
}

function partsOf(entry: Json, part: AttributeSchema | undefined): readonly Json[] {
  if (!part || !isJsonObject(entry)) return [];
  const value = ownValue(entry, part.name);
  return value === undefined ? [] : isJsonList(value) ? value : [value];
}

function isPresent(value: Json): boolean {
  if (isJsonList(value)) return value.some(isPresent);
  if (isJsonObject(value)) return Object.values(value).some(isPresent);
  return value !== null && value !== '';
}

function compares(comparison: BoundComparison, value: Json): boolean {
  const actual = toComparable(comparison.ref.subAttribute ?? comparison.ref.attribute, value);
  if (actual === undefined) return false;
  const expected = comparison.value;
  if (typeof actual === 'string' && typeof expected === 'string') {
    return comparesText(comparison.operator, actual, expected);
  }
  if (typeof actual === 'number' && typeof expected === 'number') {
    return isInOrder(comparison.operator, actual - expected);
  }
  return comparison.operator === 'eq' && actual === expected;
}

/**
 * A stored value in the form in which filters compare it; undefined when it is not of its
 * attribute's type.
 */
function toComparable(
  attribute: AttributeSchema,
  value: Json,
): string | number | boolean | undefined {
  switch (attribute.type) {
    case 'string':
    case 'reference':
    case 'binary':
      if (typeof value !== 'string') return undefined;
      return attribute.caseExact ? value : textKey(value);
    case 'dateTime':
      return typeof value === 'string' ? findInstant(value)?.epochMs : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
    case 'decimal':
      return typeof value === 'number' ? value : undefined;
    case 'complex':
      return undefined;
  }
}

function comparesText(operator: BoundOperator, actual: string, expected: string): boolean {
  switch (operator) {
    case 'co':
      return actual.includes(expected);
    case 'sw':
      return actual.startsWith(expected);
    case 'ew':
      return actual.endsWith(expected);
    default:
      return isInOrder(operator, compareCodePoints(actual, expected));
  }
}

function isInOrder(operator: BoundOperator, difference: number): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return false;
  }
}
