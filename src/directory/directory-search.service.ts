import { Injectable } from '@nestjs/common';
import type { Condition } from '../kernel/condition.js';
import type { Page, PartOf, Stretch } from '../kernel/page.js';
import { absentKey } from '../persistence/order-sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import {
  type DirectoryMark,
  DirectorySearchRepository,
  type SortedList,
} from './directory-search.repository.js';
import type { Group } from './group.js';
import { type GroupField, GroupRepository } from './group.repository.js';
import { type List, ListRepository } from './list.repository.js';
import type { User } from './user.js';
import { type UserField, UserRepository } from './user.repository.js';

export type { DirectoryMark } from './directory-search.repository.js';

/** What is looked for among users and groups together. */
export interface DirectoryQuery {
  /** Which users; undefined for none at all. */
  readonly users: Condition<UserField> | undefined;
  readonly groups: Condition<GroupField> | undefined;
  /** One of the fields at least; a kind without one has no value to be sorted by. */
  readonly sort: DirectorySort | undefined;
}

export interface DirectorySort {
  readonly userField: UserField | undefined;
  readonly groupField: GroupField | undefined;
  readonly isDescending: boolean;
}

export type Found =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'group'; readonly group: Group };

type Part = Page | Stretch<DirectoryMark>;
type FoundPart = PartOf<Found, DirectoryMark>;

/** Users and groups as one list: users first unless it is sorted. No more is loaded than is asked for. */
@Injectable()
export class DirectorySearchService {
  constructor(
    private readonly users: UserRepository,
    private readonly groups: GroupRepository,
    private readonly lists: ListRepository,
    private readonly places: DirectorySearchRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  search(context: TenantContext, query: DirectoryQuery, part: Part): Promise<FoundPart> {
    return query.sort === undefined
      ? this.inTurn(context, query, part)
      : this.sorted(context, query, query.sort, part);
  }

  private async inTurn(
    context: TenantContext,
    query: DirectoryQuery,
    part: Part,
  ): Promise<FoundPart> {
    const users = await this.usersOf(context, query, part);
    const groups = await this.groupsOf(context, query, groupsAfter(users, part));
    const items = [
      ...users.items.map((user): Found => ({ kind: 'user', user })),
      ...groups.items.map((group): Found => ({ kind: 'group', group })),
    ];
    return {
      items,
      total: users.total + groups.total,
      next: nextOf(users, groups, part),
    };
  }

  private async usersOf(
    context: TenantContext,
    { users }: DirectoryQuery,
    part: Part,
  ): Promise<PartOf<User>> {
    if (users === undefined) return nothing;
    const isPast = 'after' in part && part.after?.kind === 'group';
    return this.users.search(context, users, isPast ? { offset: 0, limit: 0 } : part);
  }

  private async groupsOf(
    context: TenantContext,
    { groups }: DirectoryQuery,
    part: Page | Stretch,
  ): Promise<PartOf<Group>> {
    return groups === undefined ? nothing : this.groups.search(context, groups, part);
  }

  private async sorted(
    context: TenantContext,
    query: DirectoryQuery,
    sort: DirectorySort,
    part: Part,
  ): Promise<FoundPart> {
    const lists = this.listsOf(context, query, sort);
    const wanted = 'after' in part && part.limit > 0 ? part.limit + 1 : part.limit;
    const found = await this.places.placesOf(context, lists, { ...part, limit: wanted });
    const places = found.slice(0, part.limit);
    let total = 0;
    for (const list of lists) total += await this.lists.totalOf(context, list);
    return {
      items: await this.load(context, places),
      total,
      next: found.length > places.length ? places.at(-1) : undefined,
    };
  }

  private listsOf(
    context: TenantContext,
    { users, groups }: DirectoryQuery,
    { userField, groupField, isDescending }: DirectorySort,
  ): SortedList[] {
    const ofUsers = this.users.toList(
      context,
      users ?? noRow,
      userField === undefined ? undefined : { field: userField, isDescending },
    );
    const ofGroups = this.groups.toList(
      context,
      groups ?? noRow,
      groupField === undefined ? undefined : { field: groupField, isDescending },
    );
    const type = (ofUsers.sortedBy ?? ofGroups.sortedBy)?.key.type ?? 'text';
    const key = absentKey(type, this.unitOfWork.dialect);
    const withOrder = (list: List): SortedList => ({
      ...list,
      sortedBy: list.sortedBy ?? { key, isDescending },
      isInOrder: list.sortedBy !== undefined && list.isInOrder,
    });
    return [
      ...(users === undefined ? [] : [withOrder(ofUsers)]),
      ...(groups === undefined ? [] : [withOrder(ofGroups)]),
    ];
  }

  private async load(context: TenantContext, places: readonly DirectoryMark[]): Promise<Found[]> {
    const pksOf = (kind: DirectoryMark['kind']) =>
      places.filter((place) => place.kind === kind).map(({ pk }) => pk);
    const users = await this.users.findNumbered(context, pksOf('user'));
    const groups = await this.groups.findNumbered(context, pksOf('group'));
    // Who was deleted in between is left out.
    return places.flatMap(({ kind, pk }): Found[] => {
      const user = kind === 'user' ? users.get(pk) : undefined;
      const group = kind === 'group' ? groups.get(pk) : undefined;
      return [
        ...(user ? [{ kind: 'user', user } as const] : []),
        ...(group ? [{ kind: 'group', group } as const] : []),
      ];
    });
  }
}

const nothing = { items: [], total: 0, next: undefined };

const noRow: Condition<never> = { kind: 'or', conditions: [] };

/** What is to be read of the groups once the users are known. */
function groupsAfter(users: PartOf<User>, part: Part): Page | Stretch {
  const limit = users.next ? 0 : part.limit - users.items.length;
  if ('offset' in part) return { offset: Math.max(part.offset - users.total, 0), limit };
  return { after: part.after?.kind === 'group' ? part.after : undefined, limit };
}

function nextOf(users: PartOf<User>, groups: PartOf<Group>, part: Part): DirectoryMark | undefined {
  if (users.next) return { ...users.next, kind: 'user' };
  if (groups.next) return { ...groups.next, kind: 'group' };
  const last = users.items.at(-1);
  const isFull = 'after' in part && last !== undefined && users.items.length === part.limit;
  return isFull && groups.total > 0 ? { kind: 'user', pk: last.pk, value: null } : undefined;
}
