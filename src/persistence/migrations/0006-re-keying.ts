import { isDeepStrictEqual } from 'node:util';
import type { QueryRunner } from 'typeorm';
import { type Fold, type Forms, formsOf } from './0006-forms.js';
import { email, groupName, type Later, type NewKey, userName, writeKeys } from './0006-keys.js';
import { givenRows, mayFold, run } from './0006-statements.js';
import { dialectOf } from './column-types.js';

/** So many rows at most are in memory at once; a profile has a mebibyte at most, and a kilobyte as a rule. */
const rowsPerStep = 100;

interface PersonRow {
  readonly pk: number;
  readonly id: string;
  readonly tenant_id: string;
  readonly name_key: string;
  readonly email_key: string | null;
  readonly created: number;
  readonly profile: string;
}

/** Two ways to fold: the one that the stored forms have, and the one that they are to have. */
export interface Folds {
  readonly from: Fold;
  readonly to: Fold;
}

/**
 * Writes what is found by folded text anew, for the people of whom folding makes something else now.
 * @returns those whose names another person had first
 */
export async function reKeyPeople(runner: QueryRunner, folds: Folds): Promise<Later[]> {
  const later: Later[] = [];
  for (let after = 0; ;) {
    const rows = await run<PersonRow>(
      runner,
      `select pk, id, tenant_id, name_key, email_key, created, profile from users
        where pk > ? and (${mayFold(runner, 'profile', 'document')}) order by pk limit ${rowsPerStep}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return later;
    after = Number(last.pk);
    const people = rows.map((row) => ({
      row,
      old: formsOf(row.profile, folds.from),
      next: formsOf(row.profile, folds.to),
    }));
    later.push(...(await writeKeys(runner, userName, people.flatMap(newNameOf))));
    await writeKeys(runner, email, people.flatMap(newEmailOf));
    await writeForms(runner, people);
  }
}

interface Person {
  readonly row: PersonRow;
  readonly old: Forms;
  readonly next: Forms;
}

function newNameOf({ row, next }: Person): NewKey[] {
  if (next.name === undefined || next.name === row.name_key) return [];
  return [{ ...ownerOf(row), key: next.name, placeBehind: row.name_key }];
}

function newEmailOf({ row, next }: Person): NewKey[] {
  if (row.email_key === null || next.email === undefined || next.email === row.email_key) return [];
  const since = String(row.created).padStart(15, '0');
  return [{ ...ownerOf(row), key: next.email, placeBehind: `${since} ${row.id}` }];
}

function ownerOf({ pk, id, tenant_id }: PersonRow): Pick<NewKey, 'pk' | 'id' | 'tenantId'> {
  return { pk: Number(pk), id, tenantId: tenant_id };
}

async function writeForms(runner: QueryRunner, people: readonly Person[]): Promise<void> {
  const changed = people.filter(({ old, next }) => !isDeepStrictEqual(old, next));
  if (changed.length === 0) return;
  const cast = dialectOf(runner) === 'postgres' ? '::jsonb' : '';
  await run(
    runner,
    `update users set search = given.search${cast}
      from ${givenRows(runner, { pk: 'bigint', search: 'text' })} where users.pk = given.pk`,
    [
      JSON.stringify(
        changed.map(({ row, next }) => ({
          pk: Number(row.pk),
          search: JSON.stringify(next.search),
        })),
      ),
    ],
  );
  const revalued = changed.filter(({ old, next }) => !isDeepStrictEqual(old.values, next.values));
  await run(
    runner,
    `delete from user_values where user_pk in (select given.pk from ${givenRows(runner, { pk: 'bigint' })})`,
    [JSON.stringify(revalued.map(({ row }) => ({ pk: Number(row.pk) })))],
  );
  const types = { tenant: 'text', field: 'text', key: 'text', type: 'text', pk: 'bigint' } as const;
  await run(
    runner,
    `insert into user_values (tenant_id, field, value_key, value_type, user_pk)
      select given.tenant, given.field, given.key, given.type, given.pk from ${givenRows(runner, types)}`,
    [
      JSON.stringify(
        revalued.flatMap(({ row, next }) =>
          next.values.map((value) => ({ tenant: row.tenant_id, ...value, pk: Number(row.pk) })),
        ),
      ),
    ],
  );
}

interface GroupRow {
  readonly pk: number;
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly display_name_key: string;
}

/** @returns those whose names another group had first */
export async function reKeyGroups(runner: QueryRunner, fold: Fold): Promise<Later[]> {
  const later: Later[] = [];
  for (let after = 0; ;) {
    const rows = await run<GroupRow>(
      runner,
      `select pk, id, tenant_id, name, display_name_key from groups
        where pk > ? and (${mayFold(runner, 'name', 'text')}) order by pk limit ${rowsPerStep}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return later;
    after = Number(last.pk);
    const renamed = rows.flatMap(({ pk, id, tenant_id, name, display_name_key }): NewKey[] => {
      const key = fold(name);
      const owner = { pk: Number(pk), id, tenantId: tenant_id };
      return key === display_name_key ? [] : [{ ...owner, key, placeBehind: display_name_key }];
    });
    later.push(...(await writeKeys(runner, groupName, renamed)));
  }
}

interface LockRow {
  readonly tenant_id: string;
  readonly name_key: string;
}

/** Locks of names that have one key now become one, which is the latest. */
export async function reKeyLocks(runner: QueryRunner, fold: Fold): Promise<void> {
  for (let after: LockRow = { tenant_id: '', name_key: '' }; ;) {
    const locks = await run<LockRow>(
      runner,
      `select tenant_id, name_key from user_locks
        where (tenant_id, name_key) > (?, ?) and (${mayFold(runner, 'name_key', 'text')})
        order by tenant_id, name_key limit ${rowsPerStep}`,
      [after.tenant_id, after.name_key],
    );
    const last = locks.at(-1);
    if (last === undefined) return;
    after = last;
    for (const lock of locks) await moveLock(runner, lock, fold(lock.name_key));
  }
}

async function moveLock(runner: QueryRunner, lock: LockRow, key: string): Promise<void> {
  const { tenant_id, name_key } = lock;
  if (key === name_key) return;
  await run(
    runner,
    `insert into user_locks (tenant_id, name_key, locked_by, created)
      select tenant_id, ?, locked_by, created from user_locks where tenant_id = ? and name_key = ?
      on conflict (tenant_id, name_key) do update set locked_by = excluded.locked_by, created = excluded.created
        where excluded.created > user_locks.created`,
    [key, tenant_id, name_key],
  );
  await run(runner, 'delete from user_locks where tenant_id = ? and name_key = ?', [
    tenant_id,
    name_key,
  ]);
}
