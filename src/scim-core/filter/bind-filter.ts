import { findInstant } from '../instant.js';
import { textKey, textKeyPart } from '../fold-case.js';
import type { AttributePath } from '../path/attribute-path.js';
import { findSubAttribute, type AttributeSchema, type ResourceType } from '../schema/attribute.js';
import { findAttributeRef, withSubAttribute, type AttributeRef } from '../schema/attribute-ref.js';
import { badRequest, quoted, type ScimError } from '../scim-error.js';
import type { BoundFilter, BoundOperator } from './bound-filter.js';
import type { CompareOperator, Filter } from './filter.js';

type Literal = string | number | boolean;

/** Undefined for an attribute that is absent from every resource. */
type Resolve = (path: AttributePath) => AttributeRef | undefined;

/**
 * Holds a filter against the schemas of a resource type: names become attributes, values get their
 * types.
 * @param others the types that are searched together with it: what only they have is absent here
 * (RFC 7644 §3.4.2.1)
 * @throws ScimError invalidFilter, for an attribute that is unknown or never returned, or a value
 * that does not fit it
 */
export function bindFilter(
  filter: Filter,
  resourceType: ResourceType,
  others: readonly ResourceType[] = [],
): BoundFilter {
  return bind(filter, (path) => {
    const ref = findAttributeRef(resourceType, path);
    if (ref) refuseHidden(ref);
    else if (!others.some((type) => findAttributeRef(type, path)))
      throw badRequest('invalidFilter', `There is no attribute ${quoted(path.text)} to filter by.`);
    return ref;
  });
}

/**
 * Binds what stands inside brackets: its names are sub-attributes of the attribute before them.
 * @throws ScimError invalidFilter
 */
export function bindEntryFilter(filter: Filter, owner: AttributeRef): BoundFilter {
  return bind(filter, (path) => {
    const isPlain = path.urn === undefined && path.sub === undefined;
    const subAttribute = isPlain ? findSubAttribute(owner.attribute, path.name) : undefined;
    if (!subAttribute) {
      throw badRequest('invalidFilter', `${owner.path} has no sub-attribute ${quoted(path.text)}.`);
    }
    const ref = withSubAttribute(owner, subAttribute);
    refuseHidden(ref);
    return ref;
  });
}

/**
 * A filter on a password would tell it letter by letter (RFC 7643 §7.6), so it is refused, `pr`
 * included.
 */
function refuseHidden(ref: AttributeRef): void {
  if (ref.attribute.returned === 'never' || ref.subAttribute?.returned === 'never') {
    throw badRequest('invalidFilter', `${ref.path} can not be filtered by.`);
  }
}

function bind(filter: Filter, resolve: Resolve): BoundFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((inner) => bind(inner, resolve)) };
    case 'not':
      return { kind: 'not', filter: bind(filter.filter, resolve) };
    case 'present': {
      const ref = resolve(filter.path);
      return ref ? { kind: 'present', ref } : never;
    }
    case 'valuePath': {
      const ref = resolve(filter.path);
      return ref ? bindValuePath(ref, filter.filter) : never;
    }
    case 'compare': {
      const ref = resolve(filter.path);
      return ref
        ? bindComparison(ref, filter.operator, filter.value)
        : bindAbsent(filter.operator, filter.value);
    }
  }
}

/** What no resource meets: none of nothing. */
const never: BoundFilter = { kind: 'or', filters: [] };

/** An absent attribute differs from every value and is equal to null; all else is false of it. */
function bindAbsent(operator: CompareOperator, value: Literal | null): BoundFilter {
  const isMet = operator === (value === null ? 'eq' : 'ne');
  return isMet ? { kind: 'not', filter: never } : never;
}

function bindValuePath(ref: AttributeRef, inner: Filter): BoundFilter {
  if (ref.attribute.type !== 'complex' || ref.subAttribute) {
    throw badRequest('invalidFilter', `${ref.path} has no parts to filter by.`);
  }
  return { kind: 'valuePath', ref, filter: bindEntryFilter(inner, ref) };
}

function bindComparison(
  given: AttributeRef,
  operator: CompareOperator,
  literal: Literal | null,
): BoundFilter {
  if (literal === null) return bindNull(given, operator);
  const ref = valueOf(given);
  if (operator === 'ne') return { kind: 'not', filter: bindComparison(ref, 'eq', literal) };
  return bindTyped(ref, operator, literal);
}

/** `null` means unassigned (RFC 7643 §2.5). */
function bindNull(ref: AttributeRef, operator: CompareOperator): BoundFilter {
  if (operator === 'ne') return { kind: 'present', ref };
  if (operator === 'eq') return { kind: 'not', filter: { kind: 'present', ref } };
  throw unfit(ref, operator, null);
}

/**
 * A comparison with a complex attribute means its `value`: `emails co "x"` (RFC 7644 §3.4.2.2),
 * `members eq "<id>"` as Entra asks. One without a `value`, such as `name`, can not be compared.
 */
function valueOf(ref: AttributeRef): AttributeRef {
  if (ref.attribute.type !== 'complex' || ref.subAttribute) return ref;
  const value = findSubAttribute(ref.attribute, 'value');
  if (!value)
    throw badRequest('invalidFilter', `${ref.path} has several parts: name the one to compare.`);
  const narrowed = withSubAttribute(ref, value);
  refuseHidden(narrowed);
  return narrowed;
}

function bindTyped(ref: AttributeRef, operator: BoundOperator, literal: Literal): BoundFilter {
  const leaf = ref.subAttribute ?? ref.attribute;
  switch (leaf.type) {
    case 'string':
    case 'reference':
    case 'binary':
      return bindText(ref, leaf, operator, literal);
    case 'boolean':
      return bindBoolean(ref, operator, literal);
    case 'integer':
    case 'decimal':
      if (typeof literal !== 'number' || isPartOfText(operator))
        throw unfit(ref, operator, literal);
      return { kind: 'compare', ref, operator, value: literal, literal };
    case 'dateTime':
      return bindInstant(ref, operator, literal);
    case 'complex':
      throw unfit(ref, operator, literal);
  }
}

function bindText(
  ref: AttributeRef,
  leaf: AttributeSchema,
  operator: BoundOperator,
  literal: Literal,
): BoundFilter {
  if (typeof literal !== 'string') throw unfit(ref, operator, literal);
  if (leaf.type === 'binary' && isOrdering(operator)) throw unfit(ref, operator, literal);
  return {
    kind: 'compare',
    ref,
    operator,
    value: leaf.caseExact ? literal : toKey(operator, literal),
    literal,
  };
}

function toKey(operator: BoundOperator, literal: string): string {
  return isPartOfText(operator) ? textKeyPart(literal) : textKey(literal);
}

/** Entra writes Booleans as text, "True" and "False", in filters as in bodies. */
function bindBoolean(ref: AttributeRef, operator: BoundOperator, literal: Literal): BoundFilter {
  const text = String(literal).toLowerCase();
  if (operator !== 'eq' || (text !== 'true' && text !== 'false'))
    throw unfit(ref, operator, literal);
  return { kind: 'compare', ref, operator, value: text === 'true', literal };
}

/**
 * Instants are compared in milliseconds. One between two milliseconds is cut off to the earlier, so
 * `gt` and `ge` mean after that one, `lt` and `le` up to and including it.
 */
function bindInstant(ref: AttributeRef, operator: BoundOperator, literal: Literal): BoundFilter {
  const instant = typeof literal === 'string' ? findInstant(literal) : undefined;
  if (!instant || isPartOfText(operator)) throw unfit(ref, operator, literal);
  const comparison = { kind: 'compare', ref, value: instant.epochMs, literal } as const;
  if (!instant.isExact && operator === 'ge') return { ...comparison, operator: 'gt' };
  if (!instant.isExact && operator === 'lt') return { ...comparison, operator: 'le' };
  return { ...comparison, operator };
}

function isOrdering(operator: BoundOperator): boolean {
  return operator === 'gt' || operator === 'ge' || operator === 'lt' || operator === 'le';
}

function isPartOfText(operator: BoundOperator): boolean {
  return operator === 'co' || operator === 'sw' || operator === 'ew';
}

function unfit(ref: AttributeRef, operator: CompareOperator, literal: Literal | null): ScimError {
  const { type } = ref.subAttribute ?? ref.attribute;
  const value = typeof literal === 'string' ? quoted(literal) : String(literal);
  return badRequest(
    'invalidFilter',
    `${ref.path} is of type ${type}: "${operator} ${value}" does not apply.`,
  );
}
