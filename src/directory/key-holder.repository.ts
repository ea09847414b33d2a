import { Injectable } from '@nestjs/common';
import { uniqueViolation } from '../persistence/database-error.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { User } from './user.js';

/** The keys that several rows of a tenant can have, of which one holds each. */
export type HeldKey = 'userName' | 'email' | 'groupName';

interface Columns {
  readonly table: Sql;
  readonly key: Sql;
  /** Empty in the row that holds the key, else what keeps the row apart from the others that have it. */
  readonly place: Sql;
  /** Who is the next to hold the key, once its holder has left it. */
  readonly order: Sql;
}

const columnsOf: Readonly<Record<HeldKey, Columns>> = {
  userName: {
    table: sql.raw('users'),
    key: sql.raw('name_key'),
    place: sql.raw('name_place'),
    order: sql.raw('pk'),
  },
  email: {
    table: sql.raw('users'),
    key: sql.raw('email_key'),
    place: sql.raw('email_place'),
    order: sql.raw('email_place'),
  },
  groupName: {
    table: sql.raw('groups'),
    key: sql.raw('display_name_key'),
    place: sql.raw('name_place'),
    order: sql.raw('pk'),
  },
};

/** Enough digits for every instant of this era, so that texts have the order of the instants. */
const instantDigits = 15;

/** The place of a user behind the holder of its address: who has had the address for longer comes first. */
export function placeBehind({ id }: Pick<User, 'id'>, since: number): string {
  return `${String(since).padStart(instantDigits, '0')} ${id}`;
}

/**
 * Who holds a key. The unique index over key and place lets one row of a tenant have the empty place; whoever comes
 * later takes another place, or is refused, which is the caller's decision. When the holder leaves, the next one holds
 * the key, so that a holder is there as long as anybody has the key.
 */
@Injectable()
export class KeyHolderRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Gives an address to a user that has just been stored without one.
   * @returns whether another user holds the address
   */
  async takeEmail(
    context: TenantContext,
    user: Pick<User, 'pk' | 'id'>,
    key: string,
    since: number,
  ): Promise<boolean> {
    const take = (place: string) =>
      this.unitOfWork.execute(sql`
        update users set email_key = ${key}, email_place = ${place}
        where tenant_id = ${context.tenantId} and pk = ${user.pk}`);
    try {
      await this.unitOfWork.savepoint(() => take(''));
      return false;
    } catch (error) {
      if (!isHeld(error)) throw error;
    }
    await this.lockHolder(context, key);
    await take(placeBehind(user, since));
    return (await this.passOn(context, 'email', key)) !== user.pk;
  }

  /**
   * Locks the row of whoever holds an address, until the transaction ends: one who leaves it sees those who come behind, and
   * of those who come at once each sees the ones before. SQLite has one writer at a time.
   * @returns whether there is such a row
   */
  async lockHolder(context: TenantContext, key: string): Promise<boolean> {
    // Not `for update`, which would also stop others from making the user a member of their groups.
    const lock = sql.raw(this.unitOfWork.dialect === 'postgres' ? 'for no key update' : '');
    const rows = await this.unitOfWork.query(sql`
      select pk from users
      where tenant_id = ${context.tenantId} and email_key = ${key} and email_place = '' ${lock}`);
    return rows.length > 0;
  }

  /**
   * Whether an address stands for another active user than this one, who has it too. Others who ask this wait until the
   * transaction ends.
   */
  async isEmailOfOther(
    context: TenantContext,
    user: Pick<User, 'pk'>,
    key: string,
  ): Promise<boolean> {
    // Whoever held it has just left it when there is none: this user has it.
    while (!(await this.lockHolder(context, key))) await this.passOn(context, 'email', key);
    const others = await this.unitOfWork.query(sql`
      select pk from users
      where tenant_id = ${context.tenantId} and email_key = ${key} and active = ${true} and pk <> ${user.pk} limit 1`);
    return others.length > 0;
  }

  /**
   * Gives a key that nobody holds to the next one who has it.
   * @returns the number of the row that holds the key from now on; undefined when somebody holds it or nobody has it
   */
  async passOn(context: TenantContext, held: HeldKey, key: string): Promise<number | undefined> {
    const { table, key: column, place } = columnsOf[held];
    for (;;) {
      const next = await this.findNext(context, held, key);
      if (next === undefined) return undefined;
      const passed = await this.unitOfWork.execute(sql`
        update ${table} set ${place} = ''
        where tenant_id = ${context.tenantId} and pk = ${next} and ${column} = ${key} and ${place} <> ''`);
      // Nothing is changed when that one has left the key meanwhile: then it is another's turn.
      if (passed > 0) return next;
    }
  }

  private async findNext(
    context: TenantContext,
    held: HeldKey,
    key: string,
  ): Promise<number | undefined> {
    const { table, key: column, place, order } = columnsOf[held];
    const [next] = await this.unitOfWork.query<{ pk: number }>(sql`
      select pk from ${table}
      where tenant_id = ${context.tenantId} and ${column} = ${key} and ${place} <> '' and not exists (
        select 1 from ${table} holder
        where holder.tenant_id = ${context.tenantId} and holder.${column} = ${key} and holder.${place} = '')
      order by ${order} limit 1`);
    return next?.pk;
  }
}

function isHeld(error: unknown): boolean {
  const violation = uniqueViolation(error);
  return (
    violation?.constraint === 'users_email' ||
    violation?.columns === 'users.tenant_id, users.email_key, users.email_place'
  );
}
