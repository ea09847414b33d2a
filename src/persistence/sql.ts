import type { Dialect } from './dialect.js';

/** What a parameter may be. Dates are given as epoch milliseconds, documents as JSON text. */
export type SqlValue = string | number | boolean | null;

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
    private readonly values: readonly SqlValue[],
  ) {}

  /** SQLite counts its `?` itself and has no booleans; PostgreSQL wants `$1`, `$2` and so on. */
  print(dialect: Dialect): PrintedSql {
    if (dialect === 'sqlite')
      return { text: this.texts.join('?'), values: this.values.map(toSqliteValue) };
    const text = this.texts.reduce((printed, next, index) => `${printed}$${index}${next}`);
    return { text, values: this.values };
  }

  /** Called by the template: its texts with its own pieces and values between them. */
  static weave(texts: readonly string[], parts: readonly (Sql | SqlValue)[]): Sql {
    const woven = [texts[0] ?? ''];
    const values: SqlValue[] = [];
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

function template(texts: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
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

function toSqliteValue(value: SqlValue): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}
