import { sql, type Sql } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Keeps the selected rows from other writers until the transaction ends, so that what is read and changed in
 * it is not lost to somebody else's change. SQLite has one writer at a time and needs nothing.
 */
export async function lockRows(unitOfWork: UnitOfWork, selection: Sql): Promise<void> {
  if (unitOfWork.dialect === 'postgres') await unitOfWork.query(sql`${selection} for update`);
}

/**
 * Ends a selection of rows to be changed: on PostgreSQL those that another transaction holds are left to it, so
 * that neither waits for the other. SQLite has one writer at a time and needs nothing.
 */
export function skipLockedRows(unitOfWork: UnitOfWork): Sql {
  return sql.raw(unitOfWork.dialect === 'postgres' ? 'for update skip locked' : '');
}
