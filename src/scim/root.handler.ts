import { Injectable } from '@nestjs/common';
import type { ScimCaller } from '../auth/scim-caller.js';
import {
  type DirectoryMark,
  type DirectorySort,
  DirectorySearchService,
  type Found,
} from '../directory/directory-search.service.js';
import type { Group } from '../directory/group.js';
import type { User } from '../directory/user.js';
import type { JsonObject } from '../scim-core/json.js';
import type { ListQuery } from '../scim-core/resource/list.js';
import { parseProjection } from '../scim-core/resource/project.js';
import { bindSort } from '../scim-core/resource/sort.js';
import { authorize } from './authorize.js';
import { toCondition } from './filter-condition.js';
import { GroupHandler } from './group.handler.js';
import { sortFieldOf } from './list-order.js';
import { Paging } from './paging.js';
import { UserHandler } from './user.handler.js';

/**
 * A query of all resource types at the base URL (RFC 7644 §3.4.2.1). A person, to whom two endpoints lead, is found once
 * and as a User. A type that the caller may not read is left out.
 */
@Injectable()
export class RootHandler {
  constructor(
    private readonly users: UserHandler,
    private readonly groups: GroupHandler,
    private readonly directory: DirectorySearchService,
    private readonly paging: Paging,
  ) {}

  /** @throws DomainError forbidden, when the caller may read nothing; ScimError as for a list of one type */
  async list(caller: ScimCaller, query: ListQuery): Promise<JsonObject> {
    const { users, groups } = this;
    const may = this.readable(caller);
    const projections = {
      users: parseProjection(query, users.type),
      groups: parseProjection(query, groups.type),
    };
    const conditions = {
      users: toCondition(query.filter, users.searchable, [groups.type]),
      groups: toCondition(query.filter, groups.searchable, [users.type]),
    };
    const list = { tenantId: caller.context.tenantId, over: may.over, query };
    const found = await this.directory.search(
      caller.context,
      {
        users: may.users ? conditions.users : undefined,
        groups: may.groups ? conditions.groups : undefined,
        sort: this.sortOf(query),
      },
      this.paging.partOf<DirectoryMark>(list),
    );
    const people = await users.present(caller, usersIn(found.items), projections.users);
    const teams = await groups.present(caller, groupsIn(found.items), projections.groups);
    return this.paging.toAnswer(list, {
      ...found,
      resources: inTurn(found.items, people, teams),
    });
  }

  /** `over` is bound into cursors, since a list of more types is another list. */
  private readable(caller: ScimCaller): {
    readonly users: boolean;
    readonly groups: boolean;
    readonly over: string;
  } {
    const [users, groups] = [this.users, this.groups].map((handler) =>
      caller.permissions.has(`${handler.permissionPrefix}:read`),
    );
    if (!users && !groups) authorize(caller, `${this.users.permissionPrefix}:read`);
    return {
      users: users === true,
      groups: groups === true,
      over: `${users === true ? '/Users' : ''}${groups === true ? '/Groups' : ''}`,
    };
  }

  private sortOf(query: ListQuery): DirectorySort | undefined {
    const sort = bindSort(query, [this.users.type, this.groups.type]);
    if (sort === undefined) return undefined;
    const [userRef, groupRef] = sort.refs;
    return {
      userField: userRef && sortFieldOf(userRef, this.users.searchable),
      groupField: groupRef && sortFieldOf(groupRef, this.groups.searchable),
      isDescending: sort.isDescending,
    };
  }
}

function usersIn(items: readonly Found[]): User[] {
  return items.flatMap((item) => (item.kind === 'user' ? item.user : []));
}

function groupsIn(items: readonly Found[]): Group[] {
  return items.flatMap((item) => (item.kind === 'group' ? item.group : []));
}

/** Resources of both types in the order in which they were found. */
function inTurn(
  items: readonly Found[],
  people: readonly JsonObject[],
  teams: readonly JsonObject[],
): JsonObject[] {
  const rest = { user: people.values(), group: teams.values() };
  return items.flatMap(({ kind }): JsonObject[] => {
    const next = rest[kind].next();
    return next.done === true ? [] : [next.value];
  });
}
