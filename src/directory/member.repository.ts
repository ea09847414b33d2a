import { Injectable } from '@nestjs/common';
import type { Condition } from '../kernel/condition.js';
import { newId } from '../kernel/ids.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { Member, MemberField } from './group.js';
import { withoutIndex } from './index-hint.js';
import { chunksOf, isAmong, isNotAmong, jsonRows } from './json-rows.js';
import type { MemberKeys } from './membership.js';
import { type Profile, shownName } from './profile.js';

/** A member about to be added: the row it names, and how it is to be shown. */
export interface FoundMember {
  readonly userPk: number | null;
  readonly childPk: number | null;
  readonly display: string | undefined;
}

interface KeyRow {
  readonly user_pk: number | null;
  readonly child_pk: number | null;
}

const fields: FieldTable = {
  id: {
    kind: 'column',
    expression: sql`coalesce(users.id, children.id)`,
    type: 'text',
    notNull: true,
  },
  kind: {
    kind: 'column',
    expression: sql`case when member.user_pk is null then 'group' else 'user' end`,
    type: 'text',
    notNull: true,
  },
};

/** Users and groups in groups. Writes take the keys of rows of one tenant, which `GroupRepository` has proven. */
@Injectable()
export class MemberRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The users and groups of the tenant that have these ids; an id of both a user and a group means the user. */
  async resolve(
    context: TenantContext,
    ids: readonly string[],
  ): Promise<Map<string, { isUser: boolean; pk: number }>> {
    const found = new Map<string, { isUser: boolean; pk: number }>();
    for (const [table, isUser] of [
      ['users', true],
      ['groups', false],
    ] as const) {
      const open = ids.filter((id) => !found.has(id));
      for (const chunk of chunksOf(open)) {
        const rows = await this.unitOfWork.query<{ id: string; pk: number }>(sql`
          select id, pk from ${sql.raw(table)} where tenant_id = ${context.tenantId} and ${this.among('id', chunk)}`);
        for (const { id, pk } of rows) found.set(id, { isUser, pk });
      }
    }
    return found;
  }

  /** Adds those that are not members yet, and tells which they were. */
  async add(
    groupPk: number,
    members: readonly FoundMember[],
    created: number,
  ): Promise<MemberKeys> {
    const added: KeyRow[] = [];
    for (const chunk of chunksOf(members)) {
      const rows = chunk.map(({ userPk, childPk, display }) => ({
        id: newId(),
        userPk,
        childPk,
        display: display ?? null,
      }));
      const given = jsonRows(
        rows,
        { id: 'text', userPk: 'number', childPk: 'number', display: 'text' },
        this.unitOfWork.dialect,
      );
      // SQLite needs a `where` there, or takes `on conflict` for a join's.
      added.push(
        ...(await this.unitOfWork.query<KeyRow>(sql`
          insert into group_members (group_pk, user_pk, child_pk, id, display, data, created)
          select ${integer(groupPk)}, given.userPk, given.childPk, given.id, given.display, '{}', ${integer(created)}
            from ${given} as given where 1 = 1 order by given.position
          on conflict do nothing returning user_pk, child_pk`)),
      );
    }
    return toKeys(added);
  }

  /** Removes those of them that are members, and tells which they were. */
  async remove(groupPk: number, keys: MemberKeys): Promise<MemberKeys> {
    const removed: KeyRow[] = [];
    for (const [column, pks] of [
      ['user_pk', keys.users],
      ['child_pk', keys.groups],
    ] as const) {
      for (const chunk of chunksOf(pks)) {
        removed.push(
          ...(await this.unitOfWork.query<KeyRow>(sql`
            delete from group_members where group_pk = ${groupPk} and ${this.among(column, chunk)}
            returning user_pk, child_pk`)),
        );
      }
    }
    return toKeys(removed);
  }

  /** All members, or those that meet the condition. */
  async keysOf(
    context: TenantContext,
    groupPk: number,
    condition: Condition<MemberField>,
  ): Promise<MemberKeys> {
    const where = conditionSql(condition, fields, this.unitOfWork.dialect);
    const rows = await this.unitOfWork.query<KeyRow>(sql`
      select member.user_pk, member.child_pk from group_members member
        left join users on users.pk = member.user_pk left join groups children on children.pk = member.child_pk
        join groups on groups.pk = member.group_pk and groups.tenant_id = ${context.tenantId}
      where member.group_pk = ${groupPk} and (${where})`);
    return toKeys(rows);
  }

  /** The members that are not among those. */
  async othersThan(groupPk: number, keys: MemberKeys): Promise<MemberKeys> {
    const rows = await this.unitOfWork.query<KeyRow>(sql`
      select user_pk, child_pk from group_members where group_pk = ${groupPk} and (
        (user_pk is not null and ${isNotAmong(sql`user_pk`, keys.users, this.unitOfWork.dialect)}) or
        (child_pk is not null and ${isNotAmong(sql`child_pk`, keys.groups, this.unitOfWork.dialect)}))`);
    return toKeys(rows);
  }

  /** The members of each of the groups, in the order in which they came. */
  async listOf(
    context: TenantContext,
    groupPks: readonly number[],
  ): Promise<Map<number, Member[]>> {
    const members = new Map<number, Member[]>();
    if (groupPks.length === 0) return members;
    const rows = await this.unitOfWork.query<SelectedMember>(sql`
      select member.group_pk, users.id as user_id, children.id as child_id, member.display, children.name as child_name,
        case when member.display is null then users.profile end as profile
      from group_members member
        join groups on groups.pk = member.group_pk and groups.tenant_id = ${context.tenantId}
        left join users on users.pk = member.user_pk left join groups children on children.pk = member.child_pk
      where ${this.among('member.group_pk', groupPks)} order by member.group_pk, member.seq`);
    for (const row of rows) {
      const list = members.get(row.group_pk);
      if (list === undefined) members.set(row.group_pk, [toMember(row)]);
      else list.push(toMember(row));
    }
    return members;
  }

  /** Moves the membership version of users that came or went, and tells their ids. */
  async touchUsers(context: TenantContext, pks: readonly number[]): Promise<string[]> {
    const ids: string[] = [];
    for (const chunk of chunksOf(pks)) {
      const isChosen = this.inOneOrder(this.rowIsAmong(context, chunk));
      const rows = await this.unitOfWork.query<{ id: string }>(sql`
        update users set membership_version = membership_version + 1
        where ${isChosen} returning id`);
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  /** The same for all who are in the groups, themselves or by way of others: they are in other groups than before. */
  async touchUsersBelow(context: TenantContext, groupPks: readonly number[]): Promise<void> {
    if (groupPks.length === 0) return;
    const isBelow = sql`${withoutIndex(this.unitOfWork.dialect)}tenant_id = ${context.tenantId} and pk in (
      with recursive below(pk) as (
        select pk from groups where ${this.rowIsAmong(context, groupPks)}
        union select member.child_pk from group_members member join below on member.group_pk = below.pk
          where member.child_pk is not null)
      select member.user_pk from group_members member join below on member.group_pk = below.pk
        where member.user_pk is not null)`;
    await this.unitOfWork.execute(sql`
      update users set membership_version = membership_version + 1 where ${this.inOneOrder(isBelow)}`);
  }

  async groupIds(context: TenantContext, pks: readonly number[]): Promise<string[]> {
    if (pks.length === 0) return [];
    const rows = await this.unitOfWork.query<{ id: string }>(
      sql`select id from groups where ${this.rowIsAmong(context, pks)}`,
    );
    return rows.map((row) => row.id);
  }

  /** Whether one of the groups holds the group, through however many others. */
  async isCircle(
    context: TenantContext,
    groupPk: number,
    childPks: readonly number[],
  ): Promise<boolean> {
    const rows = await this.unitOfWork.query(sql`
      with recursive below(pk) as (
        select pk from groups where ${this.rowIsAmong(context, childPks)}
        union select member.child_pk from group_members member join below on member.group_pk = below.pk
          where member.child_pk is not null)
      select 1 from below where pk = ${groupPk}`);
    return rows.length > 0;
  }

  /**
   * Keeps those of the users who are no members yet from changing until the transaction ends. The reference of a new
   * member would lock its user too, but not against a change of its name, which would then wait for us, and we for it.
   */
  async lockNewcomers(
    context: TenantContext,
    groupPk: number,
    userPks: readonly number[],
  ): Promise<void> {
    if (this.unitOfWork.dialect === 'sqlite') return;
    for (const chunk of chunksOf(userPks)) {
      await this.unitOfWork.query(sql`
        select 1 from users where ${this.rowIsAmong(context, chunk)} and not exists (
          select 1 from group_members member where member.group_pk = ${groupPk} and member.user_pk = users.pk)
        for no key update`);
    }
  }

  /** Ends a user's memberships; its groups have one member less. */
  async removeUser(context: TenantContext, userPk: number, now: number): Promise<void> {
    await this.leave(context, sql`user_pk = ${userPk}`, now);
  }

  /** Takes a group out of the groups that hold it. */
  async removeChild(context: TenantContext, childPk: number, now: number): Promise<void> {
    await this.leave(context, sql`child_pk = ${childPk}`, now);
  }

  private async leave(context: TenantContext, who: Sql, now: number): Promise<void> {
    const rows = await this.unitOfWork.query<{ group_pk: number }>(
      sql`delete from group_members where ${who} returning group_pk`,
    );
    if (rows.length === 0) return;
    await this.unitOfWork.execute(sql`
      update groups set member_count = member_count - 1, version = version + 1, changed = ${now}
      where ${this.rowIsAmong(
        context,
        rows.map((row) => row.group_pk),
      )}`);
  }

  private among(column: string, values: readonly string[] | readonly number[]): Sql {
    return isAmong(sql.raw(column), values, this.unitOfWork.dialect);
  }

  /** Users to be changed, in one order for all: two changes of groups with the same people do not block each other. */
  private inOneOrder(isChosen: Sql): Sql {
    return this.unitOfWork.dialect === 'sqlite'
      ? isChosen
      : sql`pk in (select pk from users where ${isChosen} order by pk for no key update)`;
  }

  /** Rows of the tenant by their numbers, which are what to go by: on SQLite the tenant's index must not be. */
  private rowIsAmong(context: TenantContext, pks: readonly number[]): Sql {
    return sql`${withoutIndex(this.unitOfWork.dialect)}tenant_id = ${context.tenantId} and ${this.among('pk', pks)}`;
  }
}

interface SelectedMember {
  readonly group_pk: number;
  readonly user_id: string | null;
  readonly child_id: string | null;
  readonly display: string | null;
  readonly child_name: string | null;
  readonly profile: string | null;
}

function toMember(row: SelectedMember): Member {
  const profile: Profile | undefined = row.profile === null ? undefined : JSON.parse(row.profile);
  const id = row.user_id ?? row.child_id ?? '';
  const name = (profile && shownName(profile)) ?? row.child_name ?? id;
  return { id, kind: row.user_id === null ? 'group' : 'user', display: row.display ?? name };
}

function toKeys(rows: readonly KeyRow[]): MemberKeys {
  return {
    users: rows.flatMap((row) => row.user_pk ?? []),
    groups: rows.flatMap((row) => row.child_pk ?? []),
  };
}

/** In the list of a select PostgreSQL does not see from the table which type a parameter has. */
function integer(value: number): Sql {
  return sql`cast(${value} as bigint)`;
}
