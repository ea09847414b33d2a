import { DomainError, type Problem } from '../kernel/domain-error.js';
import { foreignKeyViolation } from './database-error.js';
import { sql } from './sql.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A column that names a row of another room's table, and what to tell a caller who named one that is not there. */
export interface Reference {
  readonly constraint: string;
  readonly table: 'entity_types' | 'keys' | 'tenants' | 'entities' | 'users';
  readonly id: string | undefined;
  readonly problem: Problem;
}

/**
 * Runs a write and tells a foreign key violation as the field's error. The database decides, so there is no
 * moment between a look and the write; PostgreSQL names the constraint, SQLite leaves us to look which it was.
 * @throws DomainError invalid, with the problem of each reference that points at nothing
 */
export async function translateReferences<Result>(
  unitOfWork: UnitOfWork,
  references: readonly Reference[],
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const violation = foreignKeyViolation(error);
    if (violation === undefined) throw error;
    const broken =
      violation.constraint === undefined
        ? await findDangling(unitOfWork, references)
        : references.filter((reference) => reference.constraint === violation.constraint);
    if (broken.length === 0) throw error;
    throw DomainError.invalid(...broken.map((reference) => reference.problem));
  }
}

async function findDangling(
  unitOfWork: UnitOfWork,
  references: readonly Reference[],
): Promise<Reference[]> {
  const dangling: Reference[] = [];
  for (const reference of references) {
    if (reference.id === undefined) continue;
    const rows = await unitOfWork.query(
      sql`select 1 from ${sql.raw(reference.table)} where id = ${reference.id}`,
    );
    if (rows.length === 0) dangling.push(reference);
  }
  return dangling;
}
