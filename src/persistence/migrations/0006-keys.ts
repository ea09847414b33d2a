import type { QueryRunner } from 'typeorm';
import { givenRows, run } from './0006-statements.js';

/** Where the key of a table stands, and what tells rows with one key apart. */
interface KeyColumns {
  readonly table: 'users' | 'groups';
  readonly key: string;
  readonly place: string;
  /** The place that a row gets which has a key and does not hold it. */
  readonly placeBehind: string;
}

const paddedInstant = `substr('000000000000000' || created, length(cast(created as text)) + 1)`;

export const userName: KeyColumns = {
  table: 'users',
  key: 'name_key',
  place: 'name_place',
  placeBehind: 'name_key',
};

export const email: KeyColumns = {
  table: 'users',
  key: 'email_key',
  place: 'email_place',
  placeBehind: `${paddedInstant} || ' ' || id`,
};

export const groupName: KeyColumns = {
  table: 'groups',
  key: 'display_name_key',
  place: 'name_place',
  placeBehind: 'display_name_key',
};

/** A row whose key changes, and the place that it takes if another one holds the new key. */
export interface NewKey {
  readonly pk: number;
  readonly id: string;
  readonly tenantId: string;
  readonly key: string;
  readonly placeBehind: string;
}

/** A row that another one precedes under its key. */
export interface Later {
  readonly tenantId: string;
  readonly id: string;
  readonly place: string;
}

interface Holder {
  readonly pk: number;
  readonly id: string;
  readonly tenantId: string;
  readonly place: string;
}

/** PostgreSQL's index takes 2,704 bytes for all columns of a row: a place is not to take them from the key. */
const placeBytesMax = 512;

/**
 * Writes new keys. Of rows with one key the one that came first holds it, whichever of them changed.
 * @param rows in the order of their numbers, after all rows whose keys were changed before
 * @returns those who do not hold their keys
 */
export async function writeKeys(
  runner: QueryRunner,
  columns: KeyColumns,
  rows: readonly NewKey[],
): Promise<Later[]> {
  if (rows.length === 0) return [];
  const holders = await holdersOf(runner, columns, rows);
  const places = new Map<number, string>();
  const displaced: Holder[] = [];
  const later: Later[] = [];
  for (const { pk, id, tenantId, key, placeBehind } of rows) {
    const holder = holders.get(`${tenantId} ${key}`);
    const place = holder !== undefined && holder.pk < pk ? fitPlace(placeBehind, id) : '';
    places.set(pk, place);
    if (place !== '') later.push({ tenantId, id, place });
    else if (holder !== undefined) displaced.push(holder);
    if (place === '') holders.set(`${tenantId} ${key}`, { pk, id, tenantId, place: '' });
  }
  later.push(...displaced);
  await writePlaces(runner, columns, displaced);
  const { table, place } = columns;
  await run(
    runner,
    `update ${table} set ${columns.key} = given.key, ${place} = given.place
      from ${givenRows(runner, { pk: 'bigint', key: 'text', place: 'text' })} where ${table}.pk = given.pk`,
    [JSON.stringify(rows.map(({ pk, key }) => ({ pk, key, place: places.get(pk) ?? '' })))],
  );
  return later;
}

async function writePlaces(
  runner: QueryRunner,
  { table, place }: KeyColumns,
  rows: readonly Holder[],
): Promise<void> {
  if (rows.length === 0) return;
  await run(
    runner,
    `update ${table} set ${place} = given.place
      from ${givenRows(runner, { pk: 'bigint', place: 'text' })} where ${table}.pk = given.pk`,
    [JSON.stringify(rows.map(({ pk, place }) => ({ pk, place })))],
  );
}

/** Who holds the keys now, by tenant and key. */
async function holdersOf(
  runner: QueryRunner,
  { table, key, place, placeBehind }: KeyColumns,
  rows: readonly NewKey[],
): Promise<Map<string, Holder>> {
  const wanted = rows.map(({ tenantId, key }) => ({ tenant: tenantId, wanted: key }));
  const types = { tenant: 'text', wanted: 'text' } as const;
  const found = await run<{
    pk: number;
    id: string;
    tenant_id: string;
    key: string;
    place: string;
  }>(
    runner,
    `select distinct pk, id, tenant_id, ${key} as key, ${placeBehind} as place
      from ${givenRows(runner, types)} join ${table}
        on tenant_id = given.tenant and ${key} = given.wanted and ${place} = ''`,
    [JSON.stringify(wanted)],
  );
  return new Map(
    found.map((row) => {
      const place = fitPlace(row.place, row.id);
      const holder = { pk: Number(row.pk), id: row.id, tenantId: row.tenant_id, place };
      return [`${row.tenant_id} ${row.key}`, holder];
    }),
  );
}

function fitPlace(place: string, id: string): string {
  return place === '' || Buffer.byteLength(place) > placeBytesMax ? id : place;
}
