/**
 * How a field's value is compared with a given one. `co`, `sw`, `ew`: contains, starts with, ends with; `like`: the
 * whole value is as the given text says, in which each `*` stands for any text, and all else for itself.
 */
export type ComparisonOperator =
  'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'like' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * A question about the rows of a room, over fields which that room offers. Faces build it from their
 * query languages; the room's repository owns the table from field to column; `persistence/` prints it.
 *
 * Every node is true or false, never unknown: a comparison with an absent value is false, except `ne`,
 * which is `not eq`. Text values are given in the field's comparison form (folded where case does not count).
 */
export type Condition<Field extends string = string> =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition<Field>[] }
  | { readonly kind: 'not'; readonly condition: Condition<Field> }
  | {
      readonly kind: 'compare';
      readonly field: Field;
      readonly operator: ComparisonOperator;
      readonly value: string | number | boolean;
    }
  | { readonly kind: 'present'; readonly field: Field }
  /** One and the same element of a many-valued field meets the inner condition, whose fields are the element's. */
  | { readonly kind: 'some'; readonly field: Field; readonly condition: Condition };

/** The condition that every row meets: a conjunction of nothing. */
export const everything: Condition<never> = { kind: 'and', conditions: [] };

/** Whether a condition asks nothing: it is that conjunction. */
export function isEverything(condition: Condition): boolean {
  return condition.kind === 'and' && condition.conditions.length === 0;
}

/** A part of a condition that asks something of a field. */
export type Question<Field extends string = string> = Extract<
  Condition<Field>,
  { readonly kind: 'compare' | 'present' | 'some' }
>;

/** The same condition with every question in it replaced; those that a `some` asks of an element are its own. */
export function mapQuestions<From extends string, To extends string>(
  condition: Condition<From>,
  replace: (question: Question<From>) => Condition<To>,
): Condition<To> {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return {
        kind: condition.kind,
        conditions: condition.conditions.map((part) => mapQuestions(part, replace)),
      };
    case 'not':
      return { kind: 'not', condition: mapQuestions(condition.condition, replace) };
    default:
      return replace(condition);
  }
}

/** The fields by which an index finds the few rows that have a value. */
export interface Keys {
  /** Columns of the rows themselves. */
  readonly own: ReadonlySet<string>;
  /** What is looked up in another table. A field inside a `some` stands behind that of the list and a dot. */
  readonly lookedUp: ReadonlySet<string>;
}

/**
 * Whether a condition names the exact value of a key, so that what meets it is found without reading anything else. Of
 * alternatives each must name a column: PostgreSQL joins what several indexes of a table find, and not what it would have
 * to look up in others.
 */
export function isByKey(condition: Condition, keys: Keys, list = ''): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.some((part) => isByKey(part, keys, list));
    case 'or':
      return condition.conditions.every((part) => isByKey(part, { ...keys, lookedUp: none }, list));
    case 'compare': {
      const field = `${list}${condition.field}`;
      return condition.operator === 'eq' && (keys.own.has(field) || keys.lookedUp.has(field));
    }
    case 'some':
      return isByKey(condition.condition, keys, `${list}${condition.field}.`);
    case 'not':
    case 'present':
      return false;
  }
}

const none: ReadonlySet<string> = new Set();
