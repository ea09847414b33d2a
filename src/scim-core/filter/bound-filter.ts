import type { AttributeRef } from '../schema/attribute-ref.js';

/** `ne` is not among them: it is bound as `not eq`. */
export type BoundOperator = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * A filter whose names are attributes and whose values have their attribute's type. Every node is
 * true or false: a comparison with an absent value is false, and so `ne`, which is `not eq` for the
 * attribute as a whole, is true when the attribute is absent or when none of its values is equal.
 */
export type BoundFilter =
  | { readonly kind: 'and'; readonly filters: readonly BoundFilter[] }
  | { readonly kind: 'or'; readonly filters: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly filter: BoundFilter }
  | BoundComparison
  /**
   * The attribute has a value: not null, not empty; for a complex one, in at least one
   * sub-attribute.
   */
  | { readonly kind: 'present'; readonly ref: AttributeRef }
  /**
   * One and the same entry of a complex attribute meets the inner filter, whose refs are its
   * sub-attributes.
   */
  | { readonly kind: 'valuePath'; readonly ref: AttributeRef; readonly filter: BoundFilter };

export interface BoundComparison {
  readonly kind: 'compare';
  /**
   * A single attribute or sub-attribute, never a complex one: `emails co "x"` is bound to
   * `emails.value`.
   */
  readonly ref: AttributeRef;
  readonly operator: BoundOperator;
  /**
   * In the form in which it is compared: text folded unless caseExact, a date as milliseconds since
   * 1970.
   */
  readonly value: string | number | boolean;
  /** As it was written. */
  readonly literal: string | number | boolean;
}
