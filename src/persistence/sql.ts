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

/**
 * A piece of SQL whose values are parameters and never part of the text. Pieces are immutable and go into one
 * another; `texts` has one entry more than `values`, a value stands between each two.
 */
export class Sql {
  constructor(
    private readonly texts: readonly string[],
    private readonly values: readonly Given[],
  ) {}

  /** The numbers of rows among the values. */
  get rowCounts(): readonly number[] {
    return this.values.flatMap((given) => (given instanceof RowCount ? [given.rows] : []));
  }

  /** The other values, as `print` gives them. */
  ownValues(dialect: Dialect): readonly SqlValue[] {
    const own = this.values.filter((given) => !(given instanceof RowCount));
    return own.map(dialect === 'sqlite' ? toSqliteValue : valueOf);
  }

  /** SQLite counts its `?` itself and has no booleans; PostgreSQL wants `$1`, `$2` and so on. */
  print(dialect: Dialect): PrintedSql {
    if (dialect === 'sqlite')
      return { text: this.texts.join('?'), values: this.values.map(toSqliteValue) };
    const text = this.texts.reduce((printed, next, index) => `${printed}$${index}${next}`);
    return { text, values: this.values.map(valueOf) };
  }

  /** The text with something else in the place of each parameter: `own` and `rowCount` are each counted from 0. */
  printWith(
    own: (value: SqlValue, index: number) => string,
    rowCount: (index: number) => string,
  ): string {
    const parameters: string[] = [];
    let rowCounts = 0;
    for (const given of this.values) {
      const isRowCount = given instanceof RowCount;
      parameters.push(isRowCount ? rowCount(rowCounts) : own(given, parameters.length - rowCounts));
      if (isRowCount) rowCounts += 1;
    }
    return this.texts.reduce(
      (printed, next, index) => `${printed}${parameters[index - 1] ?? ''}${next}`,
    );
  }

  /** Called by the template: its texts with its own pieces and values between them. */
  static weave(texts: readonly string[], parts: readonly (Sql | Given)[]): Sql {
    const woven = [texts[0] ?? ''];
    const values: Given[] = [];
    parts.forEach((part, index) => {
      const next = texts[index + 1] ?? '';
      if (!(part instanceof Sql)) {
        values.push(part);
        woven.push(next);
        return;
      }
      const [first = '', ...rest] = part.texts;
      woven.push(`${woven.pop() ?? ''}${first}`, ...rest);
      woven.push(`${woven.pop() ?? ''}${next}`);
      values.push(...part.values);
    });
    return new Sql(woven, values);
  }
}

function template(texts: TemplateStringsArray, ...parts: readonly (Sql | Given)[]): Sql {
  return Sql.weave(texts, parts);
}

/** SQL text that we wrote ourselves: a name from our own tables, a keyword. Never anything from outside. */
function raw(trustedText: string): Sql {
  return new Sql([trustedText], []);
}

/** Writes SQL: sql`select name from users where id = ${id}`. Each `${…}` is a parameter, or a piece made by `sql`. */
export const sql = Object.assign(template, { raw });

/** The items one after the other: `joinSql(ids, ', ')` makes the inside of an `in (…)`. */
export function joinSql(items: readonly (Sql | SqlValue)[], separator: string): Sql {
  const texts = ['', ...items.slice(1).map(() => separator), ''];
  return items.length === 0 ? raw('') : Sql.weave(texts, items);
}

function valueOf(given: Given): SqlValue {
  return given instanceof RowCount ? given.rows : given;
}

function toSqliteValue(given: Given): SqlValue {
  const value = valueOf(given);
  return typeof value === 'boolean' ? Number(value) : value;
}
