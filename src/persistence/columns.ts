import { Column, type ColumnOptions, type ValueTransformer } from 'typeorm';

/** The columns that both databases have in common. Each names its column and spells out its type. */
export interface ColumnSettings {
  readonly name: string;
  readonly primary?: boolean;
  readonly nullable?: boolean;
}

/** An id made by us. */
export function IdColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), ...byCodePoint, type: 'varchar', length: 36 });
}

/** Text as it was given. */
export function TextColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), ...byCodePoint, type: 'text' });
}

/** Text to look things up by: folded by us, or a code of ours. */
export function KeyColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), ...byCodePoint, type: 'text' });
}

/** A moment, in milliseconds since the epoch. */
export function InstantColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), type: 'bigint' });
}

export function IntegerColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), type: 'integer' });
}

/** A number that the database gives to each new row, and the row's primary key. */
export function SequenceColumn(settings: { readonly name: string }): PropertyDecorator {
  // It is a bigint on PostgreSQL, but TypeORM makes text of the number of a new row where the type says so.
  return Column({ name: settings.name, type: 'integer', primary: true, generated: 'increment' });
}

/** The number of a row of another table that has a `SequenceColumn`. */
export function ReferenceColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), type: 'bigint' });
}

/** A document, read and written as a whole; also where PostgreSQL keeps it as jsonb to search in it. */
export function JsonColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), ...byCodePoint, type: 'text', transformer: jsonText });
}

export function FlagColumn(settings: ColumnSettings): PropertyDecorator {
  return Column({ ...common(settings), type: 'boolean', transformer: flag });
}

/** PostgreSQL's name for the order that SQLite has anyway. */
const byCodePoint = { collation: 'C' };

const jsonText: ValueTransformer = {
  to: (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value)),
  from: (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text) : text),
};

/** A flag comes as 1 or 0, from both databases. */
const flag: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null ? null : Boolean(value)),
};

function common(settings: ColumnSettings): ColumnOptions {
  return {
    name: settings.name,
    primary: settings.primary ?? false,
    nullable: settings.nullable ?? false,
  };
}
