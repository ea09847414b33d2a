import type { ComparisonOperator, Condition } from '../kernel/condition.js';
import type {
  ConditionField,
  ElementsField,
  FieldTable,
  JsonField,
  ManyValued,
} from './condition-field.js';
import type { Dialect } from './dialect.js';
import { elementDocument, isPresentJson, jsonElements, jsonValue } from './json-sql.js';
import { scalarComparison, truth } from './scalar-sql.js';
import { joinSql, sql, type Sql } from './sql.js';

export type { ConditionField, FieldTable } from './condition-field.js';

type Comparison = Extract<Condition, { kind: 'compare' }>;

/**
 * Prints a condition over a room's fields as SQL, every value a parameter. Each part of it is true or false and
 * never null, so that `not` means the same as in memory, and both databases pick the same rows.
 * @throws Error for a field that the table does not have: a face offers only what the room does
 */
export function conditionSql(condition: Condition, fields: FieldTable, dialect: Dialect): Sql {
  // In brackets, because callers set it beside a tenant's condition: an `or` in it must not reach past that.
  return sql`(${new Printer(dialect, 0).print(condition, fields)})`;
}

/** `depth` is how many lists stand around: it gives the elements of nested ones different names. */
class Printer {
  constructor(
    private readonly dialect: Dialect,
    private readonly depth: number,
  ) {}

  print(condition: Condition, fields: FieldTable): Sql {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return this.combined(condition.kind, condition.conditions, fields);
      case 'not':
        return sql`not (${this.print(condition.condition, fields)})`;
      case 'present':
        return this.present(getField(fields, condition.field));
      case 'some':
        return this.some(getField(fields, condition.field), condition);
      case 'compare':
        return this.compared(getField(fields, condition.field), condition);
    }
  }

  private combined(kind: 'and' | 'or', conditions: readonly Condition[], fields: FieldTable): Sql {
    if (conditions.length === 0) return truth(kind === 'and');
    const parts = conditions.map((condition) => sql`(${this.print(condition, fields)})`);
    return joinSql(parts, ` ${kind} `);
  }

  /** `ne` is what `eq` is not, for the field as a whole: true too where there is no value. */
  private compared(field: ConditionField, comparison: Comparison): Sql {
    if (comparison.operator !== 'ne')
      return this.comparedBy(comparison.operator, field, comparison);
    return sql`not (${this.comparedBy('eq', field, comparison)})`;
  }

  private comparedBy(
    operator: Exclude<ComparisonOperator, 'ne'>,
    field: ConditionField,
    comparison: Comparison,
  ): Sql {
    switch (field.kind) {
      case 'column':
        return scalarComparison(field, operator, comparison.value, this.dialect);
      case 'json':
        return this.jsonCompared(operator, field, comparison);
      case 'elements':
        return this.anyElement(field, (inner, one) =>
          inner.comparedBy(operator, valueOf(one, comparison.field), comparison),
        );
      case 'related':
        return field.exists(
          this.comparedBy(operator, valueOf(field, comparison.field), comparison),
        );
    }
  }

  private jsonCompared(
    operator: Exclude<ComparisonOperator, 'ne'>,
    field: JsonField,
    comparison: Comparison,
  ): Sql {
    if (field.type === 'any') return truth(false);
    const expression = jsonValue(field, field.type, this.dialect);
    const found = { kind: 'column', expression, type: field.type, notNull: true } as const;
    // No index helps here, so null is put aside at the end and the document is not read once more.
    return sql`coalesce(${scalarComparison(found, operator, comparison.value, this.dialect)}, 1 = 0)`;
  }

  private present(field: ConditionField): Sql {
    switch (field.kind) {
      case 'column':
        return field.notNull ? truth(true) : sql`${field.expression} is not null`;
      case 'json':
        return isPresentJson(field, this.dialect);
      case 'elements':
        return this.anyElement(field, (inner, one) =>
          one.value ? inner.present(one.value) : truth(true),
        );
      case 'related':
        return field.exists(field.value ? this.present(field.value) : truth(true));
    }
  }

  private some(
    field: ConditionField,
    { field: name, condition }: Extract<Condition, { kind: 'some' }>,
  ): Sql {
    switch (field.kind) {
      case 'elements':
        return this.anyElement(field, (inner, one) => inner.print(condition, fieldsOf(one, name)));
      case 'related':
        return field.exists(this.print(condition, fieldsOf(field, name)));
      case 'column':
      case 'json':
        throw new Error(`The field ${name} has one value, not many.`);
    }
  }

  private anyElement(field: ElementsField, meets: (inner: Printer, one: ManyValued) => Sql): Sql {
    const alias = sql.raw(`element_${this.depth}`);
    const one = field.of(elementDocument(alias, this.dialect));
    const inner = meets(new Printer(this.dialect, this.depth + 1), one);
    return sql`exists (select 1 from ${jsonElements(field, alias, this.dialect)} where ${inner})`;
  }
}

/** @throws Error for a field that the table does not have */
export function getField(fields: FieldTable, name: string): ConditionField {
  const field =
    typeof fields === 'function'
      ? fields(name)
      : Object.hasOwn(fields, name)
        ? fields[name]
        : undefined;
  if (field === undefined) throw new Error(`There is no field ${name} to search by.`);
  return field;
}

function valueOf(many: ManyValued, name: string): ConditionField {
  if (many.value === undefined)
    throw new Error(`The field ${name} has many values and none that stands for them.`);
  return many.value;
}

function fieldsOf(many: ManyValued, name: string): FieldTable {
  if (many.fields === undefined)
    throw new Error(`The elements of ${name} have no fields to search by.`);
  return many.fields;
}
