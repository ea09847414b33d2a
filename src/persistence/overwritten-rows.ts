import { sql } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * Runs work that puts something else in the place of what must not stay readable. SQLite leaves the bytes of rows that
 * were overwritten or deleted in its file until it needs the room; here it writes zeros over them, and the log, which
 * still has the pages as they were, is emptied at the end. PostgreSQL clears old rows in its own time (`vacuum`).
 * @param work gets a function that runs each step in a unit of work
 */
export async function forgettingOverwritten<Result>(
  unitOfWork: UnitOfWork,
  work: (inUnit: <Step>(step: () => Promise<Step>) => Promise<Step>) => Promise<Result>,
): Promise<Result> {
  if (unitOfWork.dialect === 'postgres') return work((step) => unitOfWork.run(step));
  const result = await work((step) =>
    unitOfWork.run(async () => {
      // A setting of the connection: whoever writes on it next must not pay for the zeros.
      await unitOfWork.query(sql`pragma secure_delete = on`);
      try {
        return await step();
      } finally {
        await unitOfWork.query(sql`pragma secure_delete = off`);
      }
    }),
  );
  await unitOfWork.query(sql`pragma wal_checkpoint(truncate)`);
  return result;
}
