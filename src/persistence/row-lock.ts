import { sql, type Sql } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Keeps the selected rows from other writers until the transaction ends, so that what is read and changed in
 * it is not lost to somebody else's change. SQLite has one writer at a time and needs nothing.
 */
export async function lockRows(unitOfWork: UnitOfWork, selection: Sql): Promise<void> {
  if (unitOfWork.dialect === 'postgres') await unitOfWork.query(sql`${selection} for update`);
}
