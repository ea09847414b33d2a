import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TestApp } from '../support/app.js';

/** The digest of a person's password: that it changes is all that may be seen of it. */
export async function passwordHashOf(app: TestApp, id: string): Promise<string | undefined> {
  const rows = await app.get(UnitOfWork).query<{ hash: string }>(sql`
    select hash from user_credentials where user_pk = (select pk from users where id = ${id})`);
  return rows[0]?.hash;
}
