import { Injectable } from '@nestjs/common';
import { type Condition, isEverything } from '../kernel/condition.js';
import type { Problem } from '../kernel/domain-error.js';
import { isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page, PartOf, Sort, Stretch } from '../kernel/page.js';
import { textKey } from '../kernel/text.js';
import { conditionSql } from '../persistence/condition-sql.js';
import { sortedBy } from '../persistence/order-sql.js';
import { translateUnique } from '../persistence/database-error.js';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { CounterRepository } from './counter.repository.js';
import { type ExternalIds, namedFor } from './external-id.js';
import { ExternalIdRepository } from './external-id.repository.js';
import {
  findsFew,
  type GroupField,
  groupFields,
  indexed,
  isOrderIndexed,
  isSelective,
} from './group-fields.js';
import { type Group, type GroupProfile, groupKeyOf, isNamedAnew } from './group.js';
import { withoutIndex } from './index-hint.js';
import { isAmong } from './json-rows.js';
import { KeyHolderRepository } from './key-holder.repository.js';
import { type List, ListRepository } from './list.repository.js';

export type { GroupField } from './group-fields.js';

/** Groups of a tenant, without their members, which are `MemberRepository`'s. */
@Injectable()
export class GroupRepository {
  constructor(
    private readonly externalIds: ExternalIdRepository,
    private readonly counters: CounterRepository,
    private readonly lists: ListRepository,
    private readonly holders: KeyHolderRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @returns the number of the new row
   * @throws DomainError conflict, when the name or the id is taken
   */
  async insert(context: TenantContext, group: Omit<Group, 'pk'>): Promise<number> {
    const rows = await translatingDuplicates(group.name, () =>
      this.unitOfWork.query<{ pk: number }>(sql`
        insert into groups (tenant_id, id, name, display_name_key, version, member_count, created_by_client, changed_by_client,
          external_ids, profile, data, created, changed)
        values (${context.tenantId}, ${group.id}, ${group.name}, ${groupKeyOf(group.name)}, ${group.version},
          ${group.memberCount}, ${group.createdByClient ?? null}, ${group.changedByClient ?? null},
          ${JSON.stringify(group.externalIds)}, ${JSON.stringify(group.profile)}, ${JSON.stringify(group.data)},
          ${group.created}, ${group.changed})
        returning pk`),
    );
    const [row] = rows;
    if (row === undefined) throw new Error('an insert that returns its row returned none');
    await this.externalIds.add(context, 'group', [{ pk: row.pk, externalIds: group.externalIds }]);
    await this.counters.add(context, 'group', [row.pk], 1);
    return row.pk;
  }

  /** @throws DomainError conflict, when the name is taken */
  async update(context: TenantContext, before: Group, group: Group): Promise<void> {
    const isRenamed = isNamedAnew(before, group);
    const key = isRenamed
      ? sql`display_name_key = ${groupKeyOf(group.name)}, name_place = '', `
      : sql``;
    await translatingDuplicates(group.name, () =>
      this.unitOfWork.execute(sql`
        update groups set ${key}name = ${group.name}, version = ${group.version},
          member_count = ${group.memberCount}, changed_by_client = ${group.changedByClient ?? null},
          external_ids = ${JSON.stringify(group.externalIds)}, profile = ${JSON.stringify(group.profile)},
          data = ${JSON.stringify(group.data)}, changed = ${group.changed}
        where tenant_id = ${context.tenantId} and pk = ${group.pk}`),
    );
    if (isRenamed) await this.holders.passOn(context, 'groupName', textKey(before.name));
    await this.externalIds.move(context, 'group', group.pk, before.externalIds, group.externalIds);
  }

  /** After a change of its members alone. PostgreSQL rewrites no index then. */
  async updateCount(context: TenantContext, group: Group): Promise<void> {
    await this.unitOfWork.send(sql`
      update groups set member_count = ${group.memberCount}, version = ${group.version}, changed = ${group.changed},
        changed_by_client = ${group.changedByClient ?? null}
      where tenant_id = ${context.tenantId} and pk = ${group.pk}`);
  }

  /** Its members are the caller's to take out first. */
  async delete(context: TenantContext, { pk, name }: Group): Promise<void> {
    await this.unitOfWork.execute(
      sql`delete from groups where tenant_id = ${context.tenantId} and pk = ${pk}`,
    );
    await this.holders.passOn(context, 'groupName', textKey(name));
    await this.counters.add(context, 'group', [pk], -1);
  }

  async find(context: TenantContext, id: string): Promise<Group | undefined> {
    // What is no id of ours need not be asked for, and might be text that a database refuses.
    if (!isUuid(id)) return undefined;
    const [group] = await this.select(context, sql`groups.id = ${id}`);
    return group;
  }

  /** The group as it is now, kept from other writers until the transaction ends. */
  async findForChange(context: TenantContext, id: string): Promise<Group | undefined> {
    if (!isUuid(id)) return undefined;
    if (this.unitOfWork.dialect === 'postgres') {
      // Not `for update`, which would also stop others from making the group a member of theirs.
      await this.unitOfWork.send(sql`
        select 1 from groups where tenant_id = ${context.tenantId} and id = ${id} for no key update`);
    }
    return this.find(context, id);
  }

  /** Those of the numbers that exist in the tenant, by their numbers. */
  async findNumbered(context: TenantContext, pks: readonly number[]): Promise<Map<number, Group>> {
    if (pks.length === 0) return new Map();
    const found = await this.select(context, isAmong(sql`groups.pk`, pks, this.unitOfWork.dialect));
    return new Map(found.map((group) => [group.pk, group]));
  }

  /**
   * In the order of their creation, unless they are to be sorted.
   * @throws DomainError too_many, when too many rows would have to be read
   */
  async search(
    context: TenantContext,
    condition: Condition<GroupField>,
    part: Page | Stretch,
    sort?: Sort<GroupField>,
  ): Promise<PartOf<Group>> {
    const list = this.toList(context, condition, sort);
    const found = await this.lists.partOf<SelectedGroup>(context, list, part);
    return { ...found, items: found.items.map((row) => toGroup(context, row)) };
  }

  /** The groups that meet a condition, as a list to be read in parts. */
  toList(
    context: TenantContext,
    condition: Condition<GroupField>,
    sort: Sort<GroupField> | undefined,
  ): List {
    const narrowed = indexed(condition);
    const { dialect } = this.unitOfWork;
    const fields = groupFields(context, dialect);
    return {
      kind: 'group',
      columns: groupColumns,
      where: isEverything(condition) ? undefined : conditionSql(narrowed, fields, dialect),
      isFew: findsFew(narrowed),
      sortedBy: sort && sortedBy(sort, fields, dialect),
      isInOrder: sort === undefined || isOrderIndexed(sort.field),
      hint: isSelective(narrowed) ? withoutIndex(dialect) : sql``,
    };
  }

  private async select(context: TenantContext, where: Sql): Promise<Group[]> {
    const rows = await this.unitOfWork.query<SelectedGroup>(
      sql`
      select ${groupColumns} from groups
      where groups.tenant_id = ${context.tenantId} and (${where})`,
      'look-up',
    );
    return rows.map((row) => toGroup(context, row));
  }
}

const groupColumns = sql`groups.pk, groups.id, groups.tenant_id, groups.name, groups.version, groups.member_count,
  groups.created_by_client, groups.changed_by_client, groups.external_ids, groups.profile, groups.data, groups.created,
  groups.changed`;

/** A row as our own statements give it: documents are text. */
interface SelectedGroup {
  readonly pk: number;
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly version: number;
  readonly member_count: number;
  readonly created_by_client: string | null;
  readonly changed_by_client: string | null;
  readonly external_ids: string;
  readonly profile: string;
  readonly data: string;
  readonly created: number;
  readonly changed: number;
}

function toGroup(context: TenantContext, row: SelectedGroup): Group {
  const externalIds: ExternalIds = JSON.parse(row.external_ids);
  const profile: GroupProfile = JSON.parse(row.profile);
  const data: JsonObject = JSON.parse(row.data);
  return {
    pk: row.pk,
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    memberCount: row.member_count,
    version: row.version,
    created: row.created,
    changed: row.changed,
    createdByClient: row.created_by_client ?? undefined,
    changedByClient: row.changed_by_client ?? undefined,
    ...namedFor(context, externalIds),
    profile,
    data,
  };
}

/** @throws DomainError conflict, with the field that the database names */
async function translatingDuplicates<Result>(
  name: string,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    return translateUnique(error, [
      {
        constraint: 'groups_name',
        columns: 'groups.tenant_id, groups.display_name_key, groups.name_place',
        problem: () => duplicate('name', `A group with name = [${name}] already exists.`),
      },
      {
        constraint: 'groups_id',
        columns: 'groups.tenant_id, groups.id',
        problem: () => duplicate('id', 'A group with the same id already exists.'),
      },
    ]);
  }
}

function duplicate(field: string, message: string): Problem {
  return { field, rule: 'duplicate', message };
}
