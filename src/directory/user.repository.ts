import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import type { Condition } from '../kernel/condition.js';
import type { Problem } from '../kernel/domain-error.js';
import { isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page, PageOf } from '../kernel/page.js';
import { conditionSql } from '../persistence/condition-sql.js';
import { translateUnique } from '../persistence/database-error.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { CounterRepository } from './counter.repository.js';
import { ExternalIdRepository, joinExternalId } from './external-id.repository.js';
import { withoutIndex } from './index-hint.js';
import { chunksOf, isAmong, jsonRows } from './json-rows.js';
import type { HashedPassword } from './password-hasher.js';
import type { Profile } from './profile.js';
import { searchFormOf } from './search-form.js';
import { indexed, isSelective, type UserField, userFields } from './user-fields.js';
import { differenceOf, type UserValue, valuesOf } from './user-values.js';
import { type GroupOfUser, type User, userKeysOf } from './user.js';

export type { UserField } from './user-fields.js';

/** Users of a tenant. Hot paths: the statements are our own, as few as can be. */
@Injectable()
export class UserRepository {
  constructor(
    private readonly externalIds: ExternalIdRepository,
    private readonly counters: CounterRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @returns the number of the new row
   * @throws DomainError conflict, when user name, e-mail address or id are taken
   */
  async insert(
    context: TenantContext,
    user: Omit<User, 'pk'>,
    password: HashedPassword | undefined,
  ): Promise<number> {
    const pk = await this.insertRow(context, user);
    await this.addValues(context, pk, valuesOf(user.profile));
    if (user.externalId) await this.externalIds.set(context, 'user', pk, user.externalId.value);
    if (password) await this.setPassword(pk, password, user.changed);
    await this.counters.add(context, 'user', pk, 1);
    return pk;
  }

  /** Writes what differs. The external id and the password are set by themselves. */
  async update(
    context: TenantContext,
    before: User,
    after: User,
    isProfileChanged: boolean,
  ): Promise<void> {
    const steps = [
      sql`active = ${after.isActive}`,
      sql`deactivated_by = ${toText(after.deactivatedBy)}`,
      sql`version = ${after.version}`,
      sql`changed = ${after.changed}`,
      sql`changed_by_client = ${after.changedByClient ?? null}`,
      sql`data = ${JSON.stringify(after.data)}`,
      ...(isProfileChanged ? profileSteps(after) : []),
    ];
    await translatingDuplicates(after.profile, () =>
      this.unitOfWork.execute(sql`
        update users set ${joinSql(steps, ', ')} where tenant_id = ${context.tenantId} and pk = ${after.pk}`),
    );
    if (!isProfileChanged) return;
    const { gone, added } = differenceOf(valuesOf(before.profile), valuesOf(after.profile));
    await this.removeValues(context, after.pk, gone);
    await this.addValues(context, after.pk, added);
  }

  async setExternalId(
    context: TenantContext,
    pk: number,
    value: string | undefined,
  ): Promise<void> {
    await this.externalIds.set(context, 'user', pk, value);
  }

  async setPassword(pk: number, password: HashedPassword, changed: number): Promise<void> {
    await this.unitOfWork.execute(sql`
      insert into user_credentials (user_pk, scheme, hash, salt, factor, changed)
      values (${pk}, ${password.scheme}, ${password.hash}, null, null, ${changed})
      on conflict (user_pk) do update set scheme = excluded.scheme, hash = excluded.hash, salt = null, factor = null,
        changed = excluded.changed`);
  }

  /** The user with all that hangs on the row; memberships are the caller's to end first, since groups count them. */
  async delete(context: TenantContext, pk: number): Promise<void> {
    await this.unitOfWork.execute(
      sql`delete from users where tenant_id = ${context.tenantId} and pk = ${pk}`,
    );
    await this.counters.add(context, 'user', pk, -1);
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
      await this.unitOfWork.query(sql`
        select 1 from users where tenant_id = ${context.tenantId} and id = ${id} for no key update`);
    }
    return this.find(context, id);
  }

  /** Those of the ids that exist in the tenant, in no order. */
  async findAll(context: TenantContext, ids: readonly string[]): Promise<User[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return [];
    return this.select(context, isAmong(sql`users.id`, known, this.unitOfWork.dialect));
  }

  /** In the order of their creation. The total without a condition is counted as users come and go, not here. */
  async search(
    context: TenantContext,
    condition: Condition<UserField>,
    page: Page,
  ): Promise<PageOf<User>> {
    const isFiltered = condition.kind !== 'and' || condition.conditions.length > 0;
    const narrowed = indexed(condition);
    const where = conditionSql(narrowed, userFields(context), this.unitOfWork.dialect);
    const hint = isSelective(narrowed) ? withoutIndex(this.unitOfWork.dialect) : sql``;
    const items = page.limit === 0 ? [] : await this.select(context, where, { page, hint });
    if (!isFiltered) return { items, total: await this.counters.total(context, 'user') };
    const isLastPage = items.length < page.limit && (items.length > 0 || page.offset === 0);
    return {
      items,
      total: isLastPage ? page.offset + items.length : await this.count(context, where, hint),
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
    }>(sql`
      with recursive above(user_pk, group_pk, is_direct) as (
        select member.user_pk, member.group_pk, 1 from group_members member
          where ${isAmong(sql`member.user_pk`, pks, this.unitOfWork.dialect)}
        union select above.user_pk, member.group_pk, 0 from above
          join group_members member on member.child_pk = above.group_pk)
      select above.user_pk, groups.id, groups.name, max(above.is_direct) as is_direct from above
        join groups on groups.pk = above.group_pk and groups.tenant_id = ${context.tenantId}
        group by above.user_pk, groups.pk, groups.id, groups.name order by groups.pk`);
    for (const row of rows) {
      const list = groups.get(row.user_pk) ?? [];
      list.push({ id: row.id, name: row.name, isDirect: row.is_direct === 1 });
      groups.set(row.user_pk, list);
    }
    return groups;
  }

  private async insertRow(context: TenantContext, user: Omit<User, 'pk'>): Promise<number> {
    const keys = userKeysOf(user.profile, user.id);
    const rows = await translatingDuplicates(user.profile, () =>
      this.unitOfWork.query<{ pk: number }>(sql`
        insert into users (tenant_id, id, login_key, username_key, email_key, phone_key, active, deactivated_by, version,
          membership_version, created_by_client, changed_by_client, profile, search, data, created, changed)
        values (${context.tenantId}, ${user.id}, ${keys.login}, ${keys.userName ?? null}, ${keys.email ?? null}, null,
          ${user.isActive}, ${toText(user.deactivatedBy)}, ${user.version}, ${user.membershipVersion},
          ${user.createdByClient ?? null}, ${user.changedByClient ?? null}, ${JSON.stringify(user.profile)},
          ${JSON.stringify(searchFormOf(user.profile))}, ${JSON.stringify(user.data)}, ${user.created}, ${user.changed})
        returning pk`),
    );
    const [row] = rows;
    if (row === undefined) throw new Error('an insert that returns its row returned none');
    return row.pk;
  }

  private async addValues(
    context: TenantContext,
    pk: number,
    values: readonly UserValue[],
  ): Promise<void> {
    for (const chunk of chunksOf(values)) {
      await this.unitOfWork.execute(sql`
        insert into user_values (tenant_id, field, value_key, user_pk)
        select ${context.tenantId}, given.field, given.key, ${this.number(pk)} from ${this.valueRows(chunk)} as given`);
    }
  }

  private async removeValues(
    context: TenantContext,
    pk: number,
    values: readonly UserValue[],
  ): Promise<void> {
    for (const chunk of chunksOf(values)) {
      await this.unitOfWork.execute(sql`
        delete from user_values where tenant_id = ${context.tenantId} and user_pk = ${pk}
          and (field, value_key) in (select given.field, given.key from ${this.valueRows(chunk)} as given)`);
    }
  }

  private valueRows(values: readonly UserValue[]): Sql {
    return jsonRows(
      values.map(({ field, key }) => ({ field, key })),
      { field: 'text', key: 'text' },
      this.unitOfWork.dialect,
    );
  }

  /** In the list of a select PostgreSQL does not see from the table which type a parameter has. */
  private number(value: number): Sql {
    return sql`cast(${value} as bigint)`;
  }

  private async select(
    context: TenantContext,
    where: Sql,
    list?: { page: Page; hint: Sql },
  ): Promise<User[]> {
    const hint = list?.hint ?? sql``;
    const window = list
      ? sql`order by ${hint}users.created, users.pk limit ${list.page.limit} offset ${list.page.offset}`
      : sql``;
    const rows = await this.unitOfWork.query<SelectedUser>(sql`
      select users.pk, users.id, users.tenant_id, users.active, users.deactivated_by, users.version,
        users.membership_version, users.created_by_client, users.changed_by_client, users.profile, users.data,
        users.created, users.changed, external.client_entity_id as external_client, external.value as external_value
      from users ${joinExternalId(context, 'user')}
      where ${hint}users.tenant_id = ${context.tenantId} and (${where}) ${window}`);
    return rows.map(toUser);
  }

  private async count(context: TenantContext, where: Sql, hint: Sql): Promise<number> {
    const rows = await this.unitOfWork.query<{ n: number }>(
      sql`select count(*) as n from users where ${hint}users.tenant_id = ${context.tenantId} and (${where})`,
    );
    return rows[0]?.n ?? 0;
  }
}

/** A row as our own statements give it: documents are text, flags 1 and 0. */
interface SelectedUser {
  readonly pk: number;
  readonly id: string;
  readonly tenant_id: string;
  readonly active: number;
  readonly deactivated_by: string | null;
  readonly version: number;
  readonly membership_version: number;
  readonly created_by_client: string | null;
  readonly changed_by_client: string | null;
  readonly profile: string;
  readonly data: string;
  readonly created: number;
  readonly changed: number;
  readonly external_client: string | null;
  readonly external_value: string | null;
}

function toUser(row: SelectedUser): User {
  const deactivatedBy: Actor | undefined =
    row.deactivated_by === null ? undefined : JSON.parse(row.deactivated_by);
  const profile: Profile = JSON.parse(row.profile);
  const data: JsonObject = JSON.parse(row.data);
  const isNamed = row.external_client !== null && row.external_value !== null;
  return {
    pk: row.pk,
    id: row.id,
    tenantId: row.tenant_id,
    isActive: row.active === 1,
    deactivatedBy,
    version: row.version,
    membershipVersion: row.membership_version,
    created: row.created,
    changed: row.changed,
    createdByClient: row.created_by_client ?? undefined,
    changedByClient: row.changed_by_client ?? undefined,
    externalId: isNamed
      ? { clientEntityId: row.external_client, value: row.external_value }
      : undefined,
    profile,
    data,
  };
}

function profileSteps(user: User): Sql[] {
  const keys = userKeysOf(user.profile, user.id);
  return [
    sql`login_key = ${keys.login}`,
    sql`username_key = ${keys.userName ?? null}`,
    sql`email_key = ${keys.email ?? null}`,
    sql`profile = ${JSON.stringify(user.profile)}`,
    sql`search = ${JSON.stringify(searchFormOf(user.profile))}`,
  ];
}

function toText(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** @throws DomainError conflict, with the field that the database names */
async function translatingDuplicates<Result>(
  profile: Profile,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const userName = (): Problem =>
      duplicate('userName', `A user with userName = [${profile.userName ?? ''}] already exists.`);
    return translateUnique(error, [
      { constraint: 'users_login', columns: 'users.tenant_id, users.login_key', problem: userName },
      {
        constraint: 'users_username',
        columns: 'users.tenant_id, users.username_key',
        problem: userName,
      },
      {
        constraint: 'users_email',
        columns: 'users.tenant_id, users.email_key',
        problem: () => duplicate('email', 'A user with the same e-mail address already exists.'),
      },
      {
        constraint: 'users_id',
        columns: 'users.tenant_id, users.id',
        problem: () => duplicate('id', 'A user with the same id already exists.'),
      },
    ]);
  }
}

function duplicate(field: string, message: string): Problem {
  return { field, rule: 'duplicate', message };
}
