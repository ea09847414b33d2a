import { Injectable } from '@nestjs/common';
import type { Condition } from '../kernel/condition.js';
import { newId } from '../kernel/ids.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { truth } from '../persistence/scalar-sql.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { Member, MemberField } from './group.js';
import { withoutIndex } from './index-hint.js';
import { chunksOf, isAmong, isNotAmong, jsonRows, rowsInOne } from './json-rows.js';
import {
  type FoundKey,
  type FoundMember,
  keysOf,
  type MemberKey,
  type MemberKeys,
} from './membership.js';
import { shownNameSql } from './shown-name.js';

/** What a membership names, of which there is either. */
interface KeyRow {
  readonly user_pk: number | null;
  readonly child_pk: number | null;
}

interface KeyAndIdRow extends KeyRow {
  readonly id: string;
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
  async resolve(context: TenantContext, ids: readonly string[]): Promise<Map<string, FoundKey>> {
    const found = new Map<string, FoundKey>();
    for (const [table, isUser] of [
      ['users', true],
      ['groups', false],
    ] as const) {
      const open = ids.filter((id) => !found.has(id));
      for (const chunk of chunksOf(open)) {
        const rows = await this.unitOfWork.query<{ id: string; pk: number }>(sql`
          select id, pk from ${sql.raw(table)} where tenant_id = ${context.tenantId} and ${this.among('id', chunk)}`);
        for (const { id, pk } of rows) found.set(id, { isUser, pk, id });
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
      const rows = chunk.map(({ isUser, pk, display }) => ({
        id: newId(),
        userPk: isUser ? pk : null,
        childPk: isUser ? null : pk,
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
    return namedIn(keysOf(members), added);
  }

  /** Removes those of them that are members, and tells which they were. */
  async remove(groupPk: number, keys: MemberKeys): Promise<MemberKeys> {
    const removed: KeyRow[] = [];
    for (const [column, chosen] of [
      ['user_pk', keys.users],
      ['child_pk', keys.groups],
    ] as const) {
      for (const chunk of chunksOf(pksOf(chosen))) {
        removed.push(
          ...(await this.unitOfWork.query<KeyRow>(sql`
            delete from group_members where group_pk = ${groupPk} and ${this.among(column, chunk)}
            returning user_pk, child_pk`)),
        );
      }
    }
    return namedIn(keys, removed);
  }

  /** All members, or those that meet the condition. */
  async keysOf(
    context: TenantContext,
    groupPk: number,
    condition: Condition<MemberField>,
  ): Promise<MemberKeys> {
    const where = conditionSql(condition, fields, this.unitOfWork.dialect);
    return toKeys(
      await this.unitOfWork.query<KeyAndIdRow>(sql`
        select member.user_pk, member.child_pk, coalesce(users.id, children.id) as id from ${this.membersOf(context)}
        where member.group_pk = ${groupPk} and (${where})`),
    );
  }

  /** The members that are not among those. */
  async othersThan(context: TenantContext, groupPk: number, keys: MemberKeys): Promise<MemberKeys> {
    const { dialect } = this.unitOfWork;
    return toKeys(
      await this.unitOfWork.query<KeyAndIdRow>(sql`
        select member.user_pk, member.child_pk, coalesce(users.id, children.id) as id from ${this.membersOf(context)}
        where member.group_pk = ${groupPk} and (
          (member.user_pk is not null and ${isNotAmong(sql`member.user_pk`, pksOf(keys.users), dialect)}) or
          (member.child_pk is not null and ${isNotAmong(sql`member.child_pk`, pksOf(keys.groups), dialect)}))`),
    );
  }

  /** The members of each of the groups, in the order in which they came. */
  async listOf(
    context: TenantContext,
    groupPks: readonly number[],
  ): Promise<Map<number, Member[]>> {
    if (groupPks.length === 0) return new Map();
    const { dialect } = this.unitOfWork;
    const cells = [
      sql`users.id`,
      sql`children.id`,
      sql`coalesce(member.display, ${shownNameSql(sql`users.profile`, dialect)}, children.name)`,
    ];
    const rows = await this.unitOfWork.query<{ group_pk: number; members: string }>(sql`
      select member.group_pk, ${rowsInOne(cells, sql`member.seq`, dialect)} as members
      from ${this.membersOf(context)}
      where ${this.among('member.group_pk', groupPks)} group by member.group_pk`);
    return new Map(rows.map((row) => [row.group_pk, toMembers(row.members)]));
  }

  /** Moves the membership version of users that came or went. */
  async touchUsers(context: TenantContext, users: readonly MemberKey[]): Promise<void> {
    for (const chunk of chunksOf(pksOf(users))) {
      await this.unitOfWork.send(sql`
        update users set membership_version = membership_version + 1
        where ${this.inOneOrder(this.rowIsAmong(context, chunk))}`);
    }
  }

  /** The same for all who are in the groups, themselves or by way of others: they are in other groups than before. */
  async touchUsersBelow(context: TenantContext, groups: readonly MemberKey[]): Promise<void> {
    if (groups.length === 0) return;
    const isBelow = sql`${withoutIndex(this.unitOfWork.dialect)}tenant_id = ${context.tenantId} and pk in (
      with recursive below(pk) as (
        select pk from groups where ${this.rowIsAmong(context, pksOf(groups))}
        union select member.child_pk from group_members member join below on member.group_pk = below.pk
          where member.child_pk is not null)
      select member.user_pk from group_members member join below on member.group_pk = below.pk
        where member.user_pk is not null)`;
    await this.unitOfWork.send(sql`
      update users set membership_version = membership_version + 1 where ${this.inOneOrder(isBelow)}`);
  }

  /** Whether one of the groups holds the group, through however many others. */
  async isCircle(
    context: TenantContext,
    groupPk: number,
    children: readonly MemberKey[],
  ): Promise<boolean> {
    const rows = await this.unitOfWork.query(sql`
      with recursive below(pk) as (
        select pk from groups where ${this.rowIsAmong(context, pksOf(children))}
        union select member.child_pk from group_members member join below on member.group_pk = below.pk
          where member.child_pk is not null)
      select 1 from below where pk = ${groupPk}`);
    return rows.length > 0;
  }

  /**
   * Keeps users who are about to join a group from changing until the transaction ends. The reference of a new member
   * would lock its user too, but not against a change of its name, which would then wait for us, and we for it.
   * @param sparedIn a group whose members stay as they are, and need no lock
   */
  async lockForJoining(
    context: TenantContext,
    ids: readonly string[],
    sparedIn: string | undefined,
  ): Promise<void> {
    if (this.unitOfWork.dialect === 'sqlite') return;
    const isSpared =
      sparedIn === undefined
        ? truth(false)
        : sql`exists (
            select 1 from group_members member where member.user_pk = users.pk and member.group_pk = (
              select pk from groups where tenant_id = ${context.tenantId} and id = ${sparedIn}))`;
    for (const chunk of chunksOf(ids)) {
      await this.unitOfWork.send(sql`
        select 1 from users
        where tenant_id = ${context.tenantId} and ${this.among('id', chunk)} and not (${isSpared})
        order by pk for no key update`);
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

  /** Every membership in a group of the tenant, with the user or the group that it names. */
  private membersOf(context: TenantContext): Sql {
    return sql`group_members member
      join groups on groups.pk = member.group_pk and groups.tenant_id = ${context.tenantId}
      left join users on users.pk = member.user_pk left join groups children on children.pk = member.child_pk`;
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

type MemberCells = readonly [userId: string | null, childId: string | null, shown: string | null];

function toMembers(document: string): Member[] {
  const rows: readonly MemberCells[] = JSON.parse(document);
  return rows.map(([userId, childId, shown]) => {
    const id = userId ?? childId ?? '';
    return { id, kind: userId === null ? 'group' : 'user', display: shown ?? id };
  });
}

function toKeys(rows: readonly KeyAndIdRow[]): MemberKeys {
  return {
    users: rows.flatMap(({ user_pk: pk, id }) => (pk === null ? [] : { pk, id })),
    groups: rows.flatMap(({ child_pk: pk, id }) => (pk === null ? [] : { pk, id })),
  };
}

/** Those of the keys that the rows name. */
function namedIn({ users, groups }: MemberKeys, rows: readonly KeyRow[]): MemberKeys {
  const userPks = new Set(rows.map((row) => row.user_pk));
  const childPks = new Set(rows.map((row) => row.child_pk));
  return {
    users: users.filter(({ pk }) => userPks.has(pk)),
    groups: groups.filter(({ pk }) => childPks.has(pk)),
  };
}

function pksOf(keys: readonly MemberKey[]): number[] {
  return keys.map(({ pk }) => pk);
}

/** In the list of a select PostgreSQL does not see from the table which type a parameter has. */
function integer(value: number): Sql {
  return sql`cast(${value} as bigint)`;
}
