import type { FieldType, JsonField } from './condition-field.js';
import type { Dialect } from './dialect.js';
import { joinSql, sql, type Sql } from './sql.js';

interface Place {
  readonly document: Sql;
  readonly path: readonly string[];
}

/** The value at a place in a document, or null if there is none or it is of another type. */
export function jsonValue(place: Place, type: FieldType, dialect: Dialect): Sql {
  return dialect === 'postgres' ? postgresValue(place, type) : sqliteValue(place, type);
}

/** Whether there is anything at a place: null, an empty object and an empty list are nothing. */
export function isPresentJson(field: JsonField, dialect: Dialect): Sql {
  if (field.type !== 'any') return sql`${jsonValue(field, field.type, dialect)} is not null`;
  if (dialect === 'sqlite') {
    const at = sqliteAt(field);
    const isEmpty = sql`json_type(${at}) in ('object', 'array') and json_extract(${at}) in ('{}', '[]')`;
    return sql`coalesce(json_type(${at}) <> 'null' and not (${isEmpty}), 1 = 0)`;
  }
  const empty = sql`('null'::jsonb, '{}'::jsonb, '[]'::jsonb)`;
  return sql`coalesce(${postgresAt(field)} not in ${empty}, false)`;
}

/** The elements of a list in a document, as a table under the alias; none where there is no list. */
export function jsonElements(place: Place, alias: Sql, dialect: Dialect): Sql {
  if (dialect === 'sqlite') {
    const at = sqliteAt(place);
    return sql`json_each(case when json_type(${at}) = 'array' then json_extract(${at}) else '[]' end) as ${alias}`;
  }
  return sql`jsonb_array_elements(${postgresList(place)}) as ${alias}(value)`;
}

/** `jsonElements`, and the place that each has in its list. */
export function elementsInOrder(
  place: Place,
  alias: Sql,
  dialect: Dialect,
): { readonly from: Sql; readonly position: Sql } {
  if (dialect === 'sqlite')
    return { from: jsonElements(place, alias, dialect), position: sql`${alias}.key` };
  const list = postgresList(place);
  return {
    from: sql`jsonb_array_elements(${list}) with ordinality as ${alias}(value, position)`,
    position: sql`${alias}.position`,
  };
}

/** One row of `jsonElements`, as a document of its own. SQLite has unpacked texts, numbers and flags already. */
export function elementDocument(alias: Sql, dialect: Dialect): Sql {
  if (dialect === 'postgres') return sql`${alias}.value`;
  return sql`case ${alias}.type when 'object' then ${alias}.value when 'array' then ${alias}.value
    when 'true' then 'true' when 'false' then 'false' else json_quote(${alias}.value) end`;
}

const sqliteTypeNames = {
  text: `'text'`,
  number: `'integer', 'real'`,
  flag: `'true', 'false'`,
} as const;

function sqliteValue(place: Place, type: FieldType): Sql {
  const at = sqliteAt(place);
  return sql`(case when json_type(${at}) in (${sql.raw(sqliteTypeNames[type])}) then json_extract(${at}) end)`;
}

/** Document and path, as the arguments of SQLite's functions. */
function sqliteAt({ document, path }: Place): Sql {
  const steps = path.map((name) => {
    if (/["\\]/.test(name)) throw new Error(`The name ${name} can not stand in a path.`);
    return `."${name}"`;
  });
  return sql`${document}, ${`$${steps.join('')}`}`;
}

const postgresTypeNames = { text: 'string', number: 'number', flag: 'boolean' } as const;

function postgresValue(place: Place, type: FieldType): Sql {
  const at = postgresAt(place);
  const text = sql`(${at} #>> '{}')`;
  const value = {
    text: sql`${text} collate "C"`,
    number: sql`${text}::numeric`,
    flag: sql`${text}::boolean`,
  }[type];
  // The type is looked at first, because a cast of something else would fail.
  return sql`(case when jsonb_typeof(${at}) = ${sql.raw(`'${postgresTypeNames[type]}'`)} then ${value} end)`;
}

function postgresList(place: Place): Sql {
  const at = postgresAt(place);
  return sql`case when jsonb_typeof(${at}) = 'array' then ${at} else '[]'::jsonb end`;
}

function postgresAt({ document, path }: Place): Sql {
  return path.length === 0 ? document : sql`(${document} #> array[${joinSql(path, ', ')}]::text[])`;
}
