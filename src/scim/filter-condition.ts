import type { Condition } from '../kernel/condition.js';
import type { BoundFilter } from '../scim-core/filter/bound-filter.js';
import { bindFilter } from '../scim-core/filter/bind-filter.js';
import { matches } from '../scim-core/filter/matches.js';
import { parseFilter } from '../scim-core/filter/parse-filter.js';
import { isSameUrn, type ResourceType } from '../scim-core/schema/attribute.js';
import type { AttributeRef } from '../scim-core/schema/attribute-ref.js';
import { badRequest, type ScimError } from '../scim-core/scim-error.js';

/** What a room can be searched by, in SCIM's names. */
export interface Searchable<Field extends string> {
  readonly type: ResourceType;
  /** The field of a path in the schema's spelling (`name.familyName`); undefined for what cannot be searched. */
  readonly findField: (path: string) => Field | undefined;
  /** The field of a sub-attribute inside brackets (`members[type eq …]`); undefined for what cannot be searched. */
  readonly findElementField: (name: string) => string | undefined;
  /** The field that tells whether resources have values of an extension. */
  readonly extensionField: (urn: string) => Field | undefined;
  /** Whether the resources can be put in the order of a field. */
  readonly canSortBy: (field: Field) => boolean;
}

const everything: Condition<never> = { kind: 'and', conditions: [] };
const nothing: Condition<never> = { kind: 'or', conditions: [] };

/**
 * A filter as a question to a room (RFC 7644 §3.4.2.2). What a database cannot answer is refused: nothing loads
 * a table to sift it in memory.
 * @param others the types that are searched together with this one
 * @throws ScimError invalidFilter
 */
export function toCondition<Field extends string>(
  text: string | undefined,
  searchable: Searchable<Field>,
  others: readonly ResourceType[] = [],
): Condition<Field> {
  if (text === undefined) return everything;
  const bound = bindFilter(parseFilter(text), searchable.type, others);
  return new Translation(searchable).translate(bound);
}

class Translation<Field extends string> {
  constructor(private readonly searchable: Searchable<Field>) {}

  translate(filter: BoundFilter): Condition<Field> {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return {
          kind: filter.kind,
          conditions: filter.filters.map((inner) => this.translate(inner)),
        };
      case 'not':
        return { kind: 'not', condition: this.translate(filter.filter) };
      case 'compare':
        return this.compare(filter);
      case 'present':
        return isAlwaysThere(filter.ref)
          ? everything
          : { kind: 'present', field: this.fieldOf(filter.ref) };
      case 'valuePath':
        return this.valuePath(filter);
    }
  }

  private compare(filter: Extract<BoundFilter, { kind: 'compare' }>): Condition<Field> {
    const { ref, operator, value } = filter;
    if (isConstant(ref)) return this.constant(filter);
    return { kind: 'compare', field: this.fieldOf(ref), operator, value };
  }

  /** `meta.resourceType` and `schemas` are the same for all resources of an endpoint, but for extensions. */
  private constant(filter: Extract<BoundFilter, { kind: 'compare' }>): Condition<Field> {
    const { ref, operator, literal } = filter;
    const { type, extensionField } = this.searchable;
    if (ref.path === 'meta.resourceType')
      return matches(filter, { meta: { resourceType: type.name } }) ? everything : nothing;
    if (operator !== 'eq' || typeof literal !== 'string') throw unsearchable(ref);
    if (isSameUrn(literal, type.schema.id)) return everything;
    const known = type.extensions.find(({ schema }) => isSameUrn(literal, schema.id));
    // One that no schema tells of is found as it was spelled when it came.
    const field = extensionField(known?.schema.id ?? literal);
    return field === undefined ? nothing : { kind: 'present', field };
  }

  /**
   * One and the same value meets the inner filter. Where there is only one, that is the filter itself, but of nothing
   * not even `not` holds. `meta` is no field, because every resource has it.
   */
  private valuePath({
    ref,
    filter,
  }: Extract<BoundFilter, { kind: 'valuePath' }>): Condition<Field> {
    const { findField, findElementField } = this.searchable;
    if (!ref.attribute.multiValued) {
      const inner = this.translate(filter);
      const field = findField(ref.path);
      return field === undefined
        ? inner
        : { kind: 'and', conditions: [{ kind: 'present', field }, inner] };
    }
    // What cannot be asked of any element (`groups.type`) cannot be asked of one and the same either.
    const findOwn = (name: string) =>
      findField(`${ref.path}.${name}`) === undefined ? undefined : findElementField(name);
    return {
      kind: 'some',
      field: this.fieldOf(ref),
      condition: toElementCondition(filter, findOwn),
    };
  }

  private fieldOf(ref: AttributeRef): Field {
    const field = this.searchable.findField(ref.path);
    if (field === undefined) throw unsearchable(ref);
    return field;
  }
}

/**
 * The inner filter of a value path over the fields of one element: `type`, not `emails.type`.
 * @throws ScimError invalidFilter
 */
export function toElementCondition(
  filter: BoundFilter,
  findElementField: (name: string) => string | undefined,
): Condition {
  const fieldOf = (ref: AttributeRef): string => {
    const field = ref.subAttribute && findElementField(ref.subAttribute.name);
    if (field === undefined) throw unsearchable(ref);
    return field;
  };
  switch (filter.kind) {
    case 'and':
    case 'or':
      return {
        kind: filter.kind,
        conditions: filter.filters.map((inner) => toElementCondition(inner, findElementField)),
      };
    case 'not':
      return { kind: 'not', condition: toElementCondition(filter.filter, findElementField) };
    case 'compare':
      return {
        kind: 'compare',
        field: fieldOf(filter.ref),
        operator: filter.operator,
        value: filter.value,
      };
    case 'present':
      return { kind: 'present', field: fieldOf(filter.ref) };
    case 'valuePath':
      throw unsearchable(filter.ref);
  }
}

/** The server gives these to every resource. */
function isAlwaysThere({ attribute }: AttributeRef): boolean {
  return attribute.name === 'schemas' || attribute.name === 'meta';
}

function isConstant(ref: AttributeRef): boolean {
  return ref.path === 'meta.resourceType' || ref.path === 'schemas';
}

function unsearchable(ref: AttributeRef): ScimError {
  return badRequest(
    'invalidFilter',
    `"${ref.path}" cannot be filtered by in this way: its value is computed for each answer.`,
  );
}
