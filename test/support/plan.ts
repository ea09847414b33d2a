import { sql, type Sql } from '../../src/persistence/sql.js';
import type { UnitOfWork } from '../../src/persistence/unit-of-work.js';

/** The statements that the work runs, as text with the values that went with it. */
export async function statementsOf(
  unitOfWork: UnitOfWork,
  work: () => Promise<unknown>,
): Promise<Sql[]> {
  const statements: Sql[] = [];
  const query = unitOfWork.query.bind(unitOfWork);
  const scan = unitOfWork.scan.bind(unitOfWork);
  unitOfWork.query = (statement) => {
    statements.push(statement);
    return query(statement);
  };
  unitOfWork.scan = (statement) => {
    statements.push(statement);
    return scan(statement);
  };
  try {
    await work();
  } finally {
    unitOfWork.query = query;
    unitOfWork.scan = scan;
  }
  return statements;
}

/** How the database would run a statement: its own words, in one text. */
export async function planOf(unitOfWork: UnitOfWork, statement: Sql): Promise<string> {
  const explained =
    unitOfWork.dialect === 'sqlite'
      ? sql`explain query plan ${statement}`
      : sql`explain ${statement}`;
  const rows = await unitOfWork.query<Record<string, unknown>>(explained);
  return rows.map((row) => String(row.detail ?? row['QUERY PLAN'])).join('\n');
}
