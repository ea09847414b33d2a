import type { Sql } from './sql.js';

/** What a field holds. A comparison with a value of another type is false. */
export type FieldType = 'text' | 'number' | 'flag';

/** A column, or any expression over the columns of the row. Text must order by code point, as our text columns do. */
export interface ColumnField {
  readonly kind: 'column';
  readonly expression: Sql;
  readonly type: FieldType;
  /** Set for a column that is never null: its comparison is then printed bare. */
  readonly notNull?: true;
}

/**
 * A value inside a document, found by the names that lead to it; without names, the document itself. What is
 * there counts only if it is of the type; `any` asks for presence alone, and an empty object or list is absent.
 */
export interface JsonField {
  readonly kind: 'json';
  readonly document: Sql;
  readonly path: readonly string[];
  readonly type: FieldType | 'any';
}

/** What a field of many values offers: what it means to compare it as a whole, and the fields of one element. */
export interface ManyValued {
  /** Compared when the condition names the field itself: true if any one element meets it. Presence asks it too. */
  readonly value?: ConditionField;
  /** A flag of the element that stands for all in an order; without one it is the first. */
  readonly preferred?: ConditionField;
  /** For a `some`: the names that its inner condition may use. */
  readonly fields?: FieldTable;
}

/** A list inside a document. `of` is told the SQL that stands for one element. */
export interface ElementsField {
  readonly kind: 'elements';
  readonly document: Sql;
  readonly path: readonly string[];
  readonly of: (element: Sql) => ManyValued;
}

/** Rows of another table. `exists` wraps a condition over one of them: sql`exists (select 1 from … where … and (${inner}))`. */
export interface RelatedField extends ManyValued {
  readonly kind: 'related';
  readonly exists: (inner: Sql) => Sql;
}

export type ConditionField = ColumnField | JsonField | ElementsField | RelatedField;

/** The fields that a room offers, by name: a table, or a function where the names are not known beforehand. */
export type FieldTable =
  { readonly [name: string]: ConditionField } | ((name: string) => ConditionField | undefined);
