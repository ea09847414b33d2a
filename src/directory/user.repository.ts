import { Injectable } from '@nestjs/common';
import { type Condition, isEverything } from '../kernel/condition.js';
import { isUuid } from '../kernel/ids.js';
import type { Page, PartOf, Sort, Stretch } from '../kernel/page.js';
import { conditionSql } from '../persistence/condition-sql.js';
import { sortedBy } from '../persistence/order-sql.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { CounterRepository } from './counter.repository.js';
import { ExternalIdRepository } from './external-id.repository.js';
import { withoutIndex } from './index-hint.js';
import { KeyHolderRepository, placeBehind } from './key-holder.repository.js';
import { type List, ListRepository } from './list.repository.js';
import { chunksOf, isAmong, jsonRows } from './json-rows.js';
import type { HashedPassword } from './password-hasher.js';
import { isOrderIndexed, type UserField, userFields } from './user-fields.js';
import { findsFew, indexed, isSelective } from './user-look-ups.js';
import { differenceOf, type UserValue, valuesOf } from './user-values.js';
import {
  keySteps,
  type NewUser,
  profileSteps,
  type SelectedUser,
  toCells,
  toText,
  toUser,
  translatingDuplicates,
  userColumns,
} from './user-cells.js';
import {
  emailKeyOf,
  type GroupOfUser,
  nameKeyOf,
  type User,
  type UserKeys,
  userKeysOf,
} from './user.js';

export type { UserField } from './user-fields.js';

/** A statement may have 32,766 parameters on SQLite, and a user has 17. */
const usersPerStatement = 500;

/** What became of new users. */
interface Inserted {
  /** The numbers of the new rows, in the order of the users. */
  readonly pks: readonly number[];
  /** The ids of those whose address another user holds. */
  readonly sharing: ReadonlySet<string>;
}

/** Users of a tenant. Hot paths: the statements are our own, as few as can be. */
@Injectable()
export class UserRepository {
  constructor(
    private readonly externalIds: ExternalIdRepository,
    private readonly counters: CounterRepository,
    private readonly lists: ListRepository,
    private readonly holders: KeyHolderRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Many users in few statements, all of them or none.
   * @throws DomainError conflict, when a user name or an id is taken, also by another of them
   */
  async insertAll(context: TenantContext, users: readonly NewUser[]): Promise<Inserted> {
    const { rows, sharing } = await this.insertRows(context, users);
    const pks = users.map(({ id }) => rows.get(id) ?? 0);
    const numbered = users.flatMap((user, index) => ({ user, pk: pks[index] ?? 0 }));
    await this.addValues(
      context,
      numbered.flatMap(({ user, pk }) => valuesOf(user.profile).map((value) => ({ ...value, pk }))),
    );
    await this.externalIds.add(
      context,
      'user',
      numbered.map(({ user: { externalIds }, pk }) => ({ pk, externalIds })),
    );
    await this.counters.add(context, 'user', pks, 1);
    return { pks, sharing };
  }

  /**
   * Writes what differs. The password is set by itself.
   * @returns whether the user has got an address that another one holds
   * @throws DomainError conflict, when the user name is taken
   */
  async update(
    context: TenantContext,
    before: User,
    after: User,
    isProfileChanged: boolean,
  ): Promise<boolean> {
    const steps = [
      sql`active = ${after.isActive}`,
      sql`deactivated_by = ${toText(after.deactivatedBy)}`,
      sql`version = ${after.version}`,
      sql`changed = ${after.changed}`,
      sql`changed_by_client = ${after.changedByClient ?? null}`,
      sql`data = ${JSON.stringify(after.data)}`,
      sql`external_ids = ${JSON.stringify(after.externalIds)}`,
      ...(isProfileChanged ? profileSteps(after) : []),
      ...keySteps(before, after),
    ];
    const update = sql`
      update users set ${joinSql(steps, ', ')} where tenant_id = ${context.tenantId} and pk = ${after.pk}`;
    if (nameKeyOf(before) === nameKeyOf(after)) await this.unitOfWork.send(update);
    else await translatingDuplicates([after], () => this.unitOfWork.execute(update));
    await this.externalIds.move(context, 'user', after.pk, before.externalIds, after.externalIds);
    if (isProfileChanged) await this.moveValues(context, before, after);
    return this.moveKeys(context, before, after);
  }

  async setPassword(pk: number, password: HashedPassword, changed: number): Promise<void> {
    await this.unitOfWork.send(sql`
      insert into user_credentials (user_pk, scheme, hash, salt, factor, changed)
      values (${pk}, ${password.scheme}, ${password.hash}, null, null, ${changed})
      on conflict (user_pk) do update set scheme = excluded.scheme, hash = excluded.hash, salt = null, factor = null,
        changed = excluded.changed`);
  }

  /** The user with all that hangs on the row; memberships are the caller's to end first, since groups count them. */
  async delete(context: TenantContext, user: User): Promise<void> {
    await this.unitOfWork.execute(
      sql`delete from users where tenant_id = ${context.tenantId} and pk = ${user.pk}`,
    );
    await this.passOnKeys(context, userKeysOf(user));
    await this.counters.add(context, 'user', [user.pk], -1);
  }

  /** Whether the address that stands for a user stands for another active one too; in turn with others who ask so. */
  isEmailOfOther(context: TenantContext, user: User): Promise<boolean> {
    const key = emailKeyOf(user.profile);
    return key === undefined
      ? Promise.resolve(false)
      : this.holders.isEmailOfOther(context, user, key);
  }

  async find(context: TenantContext, id: string): Promise<User | undefined> {
    // What is no id of ours need not be asked for, and might be text that a database refuses.
    if (!isUuid(id)) return undefined;
    const [row] = await this.select(context, sql`users.id = ${id}`);
    return row;
  }

  /** The user as it is now, kept from other writers until the transaction ends. */
  async findForChange(context: TenantContext, id: string): Promise<User | undefined> {
    if (!isUuid(id)) return undefined;
    if (this.unitOfWork.dialect === 'postgres') {
      // Not `for update`, which would also stop others from making the user a member of their groups.
      await this.unitOfWork.send(sql`
        select 1 from users where tenant_id = ${context.tenantId} and id = ${id} for no key update`);
    }
    return this.find(context, id);
  }

  /**
   * Those of the users that nobody else is changing, by their ids, kept from other writers until the transaction ends.
   * Whoever waited for a row while holding others could be waited for by whom it waits for.
   * @param wanted users of one tenant, who are shown to one actor
   */
  async findFreeForChange(
    wanted: readonly { readonly context: TenantContext; readonly id: string }[],
  ): Promise<Map<string, User>> {
    const [first] = wanted;
    if (first === undefined) return new Map();
    const { context } = first;
    const ids = wanted.map(({ id }) => id);
    if (this.unitOfWork.dialect === 'sqlite') return byId(await this.findAll(context, ids));
    const isWanted = isAmong(sql`id`, ids.filter(isUuid), 'postgres');
    const [free, found] = await Promise.all([
      this.unitOfWork.query<{ id: string }>(sql`
        select id from users where tenant_id = ${context.tenantId} and ${isWanted} for no key update skip locked`),
      this.findAll(context, ids),
    ]);
    const freeIds = new Set(free.map(({ id }) => id));
    return byId(found.filter(({ id }) => freeIds.has(id)));
  }

  /** Those of the ids that exist in the tenant, in no order. */
  async findAll(context: TenantContext, ids: readonly string[]): Promise<User[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return [];
    return this.select(context, isAmong(sql`users.id`, known, this.unitOfWork.dialect));
  }

  /** Those of the numbers that exist in the tenant, by their numbers. */
  async findNumbered(context: TenantContext, pks: readonly number[]): Promise<Map<number, User>> {
    if (pks.length === 0) return new Map();
    const found = await this.select(context, isAmong(sql`users.pk`, pks, this.unitOfWork.dialect));
    return new Map(found.map((user) => [user.pk, user]));
  }

  /**
   * In the order of their creation, unless they are to be sorted.
   * @throws DomainError too_many, when too many rows would have to be read
   */
  async search(
    context: TenantContext,
    condition: Condition<UserField>,
    part: Page | Stretch,
    sort?: Sort<UserField>,
  ): Promise<PartOf<User>> {
    const list = this.toList(context, condition, sort);
    const found = await this.lists.partOf<SelectedUser>(context, list, part);
    return { ...found, items: found.items.map((row) => toUser(context, row)) };
  }

  /** The users that meet a condition, as a list to be read in parts. */
  toList(
    context: TenantContext,
    condition: Condition<UserField>,
    sort: Sort<UserField> | undefined,
  ): List {
    const narrowed = indexed(condition);
    const { dialect } = this.unitOfWork;
    const fields = userFields(context, dialect);
    return {
      kind: 'user',
      columns: userColumns,
      where: isEverything(condition) ? undefined : conditionSql(narrowed, fields, dialect),
      isFew: findsFew(narrowed),
      sortedBy: sort && sortedBy(sort, fields, dialect),
      isInOrder: sort === undefined || isOrderIndexed(sort.field),
      hint: isSelective(narrowed) ? withoutIndex(dialect) : sql``,
    };
  }

  /** The groups of each of the users: those that hold it, and those that hold these. */
  async groupsOf(
    context: TenantContext,
    pks: readonly number[],
  ): Promise<Map<number, GroupOfUser[]>> {
    const groups = new Map<number, GroupOfUser[]>();
    if (pks.length === 0) return groups;
    // `union` drops what was found before, so the search ends even if there were a circle.
    const rows = await this.unitOfWork.query<{
      user_pk: number;
      id: string;
      name: string;
      is_direct: number;
    }>(
      sql`
      with recursive above(user_pk, group_pk, is_direct) as (
        select member.user_pk, member.group_pk, 1 from group_members member
          where ${isAmong(sql`member.user_pk`, pks, this.unitOfWork.dialect)}
        union select above.user_pk, member.group_pk, 0 from above
          join group_members member on member.child_pk = above.group_pk)
      select above.user_pk, groups.id, groups.name, max(above.is_direct) as is_direct from above
        join groups on groups.pk = above.group_pk and groups.tenant_id = ${context.tenantId}
        group by above.user_pk, groups.pk, groups.id, groups.name order by groups.pk`,
      'look-up',
    );
    for (const row of rows) {
      const list = groups.get(row.user_pk) ?? [];
      list.push({ id: row.id, name: row.name, isDirect: row.is_direct === 1 });
      groups.set(row.user_pk, list);
    }
    return groups;
  }

  /** Those whose address is held by another are left out by the first statement of a chunk, and come behind it. */
  private async insertRows(
    context: TenantContext,
    users: readonly NewUser[],
  ): Promise<{ readonly rows: ReadonlyMap<string, number>; readonly sharing: Set<string> }> {
    const rows = new Map<string, number>();
    const sharing = new Set<string>();
    for (const chunk of chunksOf(users, usersPerStatement)) {
      for (const { pk, id } of await this.insertChunk(context, chunk, () => '')) rows.set(id, pk);
      const left = chunk.filter(({ id }) => !rows.has(id));
      if (left.length === 0) continue;
      const keys = new Set(left.flatMap((user) => userKeysOf(user).email ?? []));
      for (const key of [...keys].sort()) await this.holders.lockHolder(context, key);
      const behind = (user: NewUser) => placeBehind(user, user.created);
      for (const { pk, id } of await this.insertChunk(context, left, behind)) {
        rows.set(id, pk);
        sharing.add(id);
      }
      for (const key of keys) await this.holders.passOn(context, 'email', key);
    }
    return { rows, sharing };
  }

  /** @returns the rows that were made: not those whose address and place are taken */
  private insertChunk(
    context: TenantContext,
    users: readonly NewUser[],
    toPlace: (user: NewUser) => string,
  ): Promise<{ readonly pk: number; readonly id: string }[]> {
    const rows = users.map(
      (user) => sql`(${joinSql(toCells(context, user, toPlace(user)), ', ')})`,
    );
    return translatingDuplicates(users, () =>
      this.unitOfWork.query(sql`
        insert into users (tenant_id, id, name_key, email_key, email_place, active, deactivated_by, version,
          membership_version, created_by_client, changed_by_client, external_ids, profile, search, data, created, changed)
        values ${joinSql(rows, ', ')}
        on conflict (tenant_id, email_key, email_place) where email_key is not null do nothing
        returning pk, id`),
    );
  }

  /** Lets go of the keys that a user has left, and takes its new address. */
  private async moveKeys(context: TenantContext, before: User, after: User): Promise<boolean> {
    const old = userKeysOf(before);
    const next = userKeysOf(after);
    await this.passOnKeys(context, {
      name: old.name === next.name ? undefined : old.name,
      email: old.email === next.email ? undefined : old.email,
    });
    if (next.email === undefined || next.email === old.email) return false;
    return this.holders.takeEmail(context, after, next.email, after.changed);
  }

  private async passOnKeys(
    context: TenantContext,
    { name, email }: { readonly [Key in keyof UserKeys]: UserKeys[Key] | undefined },
  ): Promise<void> {
    await Promise.all([
      name === undefined ? undefined : this.holders.passOn(context, 'userName', name),
      email === undefined ? undefined : this.holders.passOn(context, 'email', email),
    ]);
  }

  private async moveValues(context: TenantContext, before: User, after: User): Promise<void> {
    const { gone, added } = differenceOf(valuesOf(before.profile), valuesOf(after.profile));
    await this.removeValues(context, after.pk, gone);
    await this.addValues(
      context,
      added.map((value) => ({ ...value, pk: after.pk })),
    );
  }

  private async addValues(
    context: TenantContext,
    values: readonly (UserValue & { readonly pk: number })[],
  ): Promise<void> {
    for (const chunk of chunksOf(values)) {
      const rows = jsonRows(
        chunk.map(({ field, key, type, pk }) => ({ field, key, type, pk })),
        { field: 'text', key: 'text', type: 'text', pk: 'number' },
        this.unitOfWork.dialect,
      );
      await this.unitOfWork.send(sql`
        insert into user_values (tenant_id, field, value_key, value_type, user_pk)
        select ${context.tenantId}, given.field, given.key, given.type, given.pk from ${rows} as given`);
    }
  }

  private async removeValues(
    context: TenantContext,
    pk: number,
    values: readonly UserValue[],
  ): Promise<void> {
    for (const chunk of chunksOf(values)) {
      const rows = jsonRows(
        chunk.map(({ field, key, type }) => ({ field, key, type })),
        { field: 'text', key: 'text', type: 'text' },
        this.unitOfWork.dialect,
      );
      await this.unitOfWork.send(sql`
        delete from user_values where tenant_id = ${context.tenantId} and user_pk = ${pk}
          and (field, value_key, value_type) in (select given.field, given.key, given.type from ${rows} as given)`);
    }
  }

  private async select(context: TenantContext, where: Sql): Promise<User[]> {
    const rows = await this.unitOfWork.query<SelectedUser>(
      sql`
      select ${userColumns} from users
      where users.tenant_id = ${context.tenantId} and (${where})`,
      'look-up',
    );
    return rows.map((row) => toUser(context, row));
  }
}

function byId(users: readonly User[]): Map<string, User> {
  return new Map(users.map((user) => [user.id, user]));
}
