import type { Dialect } from './dialect.js';

/** What a parameter may be. Dates are given as epoch milliseconds, documents as JSON text. */
export type SqlValue = string | number | boolean | null;

/** A number of rows, in a `limit` or an `offset`: SQLite takes none there that differs from row to row. */
export class RowCount {
  constructor(readonly rows: number) {}
}

type Given = SqlValue | RowCount;

/** A statement as a database takes it. */
export interface PrintedSql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A statement with all its pieces put together: a value stands between each two texts. */
interface Flat {
  readonly texts: string[];
  readonly values: Given[];
}

/**
 * A piece of SQL whose values are parameters and never part of the text. Pieces are immutable and go into one
 * another; they are put together when the whole is printed, each of them once.
 */
export class Sql {
  private flat: Flat | undefined;

  /** @param texts one more than there are parts, of which one stands between each two */
  constructor(
    private readonly texts: readonly string[],
    private readonly parts: readonly (Sql | Given)[] = [],
  ) {}

  /** The numbers of rows among the values. */
  get rowCounts(): readonly number[] {
    return this.flatten().values.flatMap((given) => (given instanceof RowCount ? given.rows : []));
  }

  /** The other values, as `print` gives them. */
  ownValues(dialect: Dialect): readonly SqlValue[] {
    const own = this.flatten().values.filter((given) => !(given instanceof RowCount));
    return own.map(dialect === 'sqlite' ? toSqliteValue : valueOf);
  }

  /** SQLite counts its `?` itself and has no booleans; PostgreSQL wants `$1`, `$2` and so on. */
  print(dialect: Dialect): PrintedSql {
    const { texts, values } = this.flatten();
    if (dialect === 'sqlite') return { text: texts.join('?'), values: values.map(toSqliteValue) };
    const text = texts.reduce((printed, next, index) => `${printed}$${index}${next}`);
    return { text, values: values.map(valueOf) };
  }

  /** The text with something else in the place of each parameter: `own` and `rowCount` are each counted from 0. */
  printWith(
    own: (value: SqlValue, index: number) => string,
    rowCount: (index: number) => string,
  ): string {
    const { texts, values } = this.flatten();
    const parameters: string[] = [];
    let rowCounts = 0;
    for (const given of values) {
      const isRowCount = given instanceof RowCount;
      parameters.push(isRowCount ? rowCount(rowCounts) : own(given, parameters.length - rowCounts));
      if (isRowCount) rowCounts += 1;
    }
    return texts.reduce(
      (printed, next, index) => `${printed}${parameters[index - 1] ?? ''}${next}`,
    );
  }

  private flatten(): Flat {
    if (this.flat === undefined) {
      this.flat = { texts: [''], values: [] };
      this.addTo(this.flat);
    }
    return this.flat;
  }

  private addTo(flat: Flat): void {
    const { texts, values } = flat;
    texts[texts.length - 1] += this.texts[0] ?? '';
    this.parts.forEach((part, index) => {
      const next = this.texts[index + 1] ?? '';
      if (part instanceof Sql) {
        part.addTo(flat);
        texts[texts.length - 1] += next;
      } else {
        values.push(part);
        texts.push(next);
      }
    });
  }
}

function template(texts: TemplateStringsArray, ...parts: readonly (Sql | Given)[]): Sql {
  return new Sql(texts, parts);
}

/** SQL text that we wrote ourselves: a name from our own tables, a keyword. Never anything from outside. */
function raw(trustedText: string): Sql {
  return new Sql([trustedText]);
}

/** Writes SQL: sql`select name from users where id = ${id}`. Each `${…}` is a parameter, or a piece made by `sql`. */
export const sql = Object.assign(template, { raw });

/** The items one after the other: `joinSql(ids, ', ')` makes the inside of an `in (…)`. */
export function joinSql(items: readonly (Sql | SqlValue)[], separator: string): Sql {
  const texts = ['', ...items.slice(1).map(() => separator), ''];
  return items.length === 0 ? raw('') : new Sql(texts, items);
}

function valueOf(given: Given): SqlValue {
  return given instanceof RowCount ? given.rows : given;
}

function toSqliteValue(given: Given): SqlValue {
  const value = valueOf(given);
  return typeof value === 'boolean' ? Number(value) : value;
}
