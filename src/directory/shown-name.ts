import type { Dialect } from '../persistence/dialect.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import type { Profile } from './profile.js';

/** The name to show for a person. */
export function shownName(profile: Profile): string | undefined {
  return profile.displayName ?? profile.name?.formatted ?? profile.userName;
}

/** The same of a stored profile, or null. */
export function shownNameSql(profile: Sql, dialect: Dialect): Sql {
  const names = [['displayName'], ['name', 'formatted'], ['userName']].map((path) =>
    dialect === 'sqlite'
      ? sql`json_extract(${profile}, ${sql.raw(`'$.${path.join('.')}'`)})`
      : sql`(${profile}::json #>> ${sql.raw(`'{${path.join(',')}}'`)})`,
  );
  return sql`coalesce(${joinSql(names, ', ')})`;
}
