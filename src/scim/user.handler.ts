import { Injectable } from '@nestjs/common';
import type { ScimCaller } from '../auth/scim-caller.js';
import { Configuration } from '../config/configuration.js';
import type { HashedPassword } from '../directory/password-hasher.js';
import { refuseOtherVersion } from '../directory/expected-versions.js';
import { enterpriseUrn } from '../directory/profile.js';
import type { User } from '../directory/user.js';
import {
  canSortUsersBy,
  isUserField,
  type NewUserDraft,
  type UserField,
  UserService,
} from '../directory/user.service.js';
import type { JsonObject } from '../scim-core/json.js';
import { applyPatch } from '../scim-core/patch/apply-patch.js';
import { parsePatchRequest } from '../scim-core/patch/parse-patch-request.js';
import type { PatchOperation } from '../scim-core/patch/patch-operation.js';
import type { ListQuery } from '../scim-core/resource/list.js';
import {
  parseProjection,
  project,
  type Projection,
  projectionWants,
} from '../scim-core/resource/project.js';
import { readPatched, readResource } from '../scim-core/resource/read-resource.js';
import type { ResourceType } from '../scim-core/schema/attribute.js';
import {
  enterpriseUserResourceType,
  userResourceType,
} from '../scim-core/schema/resource-types.js';
import {
  isKnown,
  onlyIfMatch,
  type Preconditions,
  userVersion,
  userVersionsIn,
} from './entity-tag.js';
import { type Searchable, toCondition } from './filter-condition.js';
import { toSort } from './list-order.js';
import { orNotFound } from './or-not-found.js';
import { Paging } from './paging.js';
import type {
  ReadOptions,
  Creation,
  ResourceAnswer,
  ResourceHandler,
  WriteOptions,
} from './resource-handler.js';
import { scimBaseUrl } from './scim-base.js';
import {
  findManagerId,
  toUserDraft,
  toUserResource,
  toWritableResource,
  withoutOwnReference,
} from './user.mapping.js';

/** People over SCIM. Two doors lead to the same people: `/Users`, and `/EnterpriseUsers` with permissions of its own. */
abstract class PeopleHandler implements ResourceHandler {
  abstract readonly permissionPrefix: string;
  abstract readonly type: ResourceType;

  constructor(
    private readonly users: UserService,
    private readonly paging: Paging,
    private readonly configuration: Configuration,
  ) {}

  get searchable(): Searchable<UserField> {
    return { ...searchable, type: this.type };
  }

  async create(
    caller: ScimCaller,
    body: unknown,
    options: WriteOptions,
    id?: string,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const resource = this.parse(body);
    const password = await hashPassword(resource, options);
    const user = await this.users.create(
      caller.context,
      toUserDraft(resource, undefined, password),
      id,
    );
    return this.presentOne(caller, user, projection);
  }

  async createAll(caller: ScimCaller, creations: readonly Creation[]): Promise<ResourceAnswer[]> {
    const drafts: NewUserDraft[] = [];
    for (const { body, id, options } of creations) {
      const resource = this.parse(body);
      const password = await hashPassword(resource, options);
      drafts.push({ id, draft: toUserDraft(resource, undefined, password) });
    }
    const users = await this.users.createAll(caller.context, drafts);
    return users.map((user) => ({
      id: user.id,
      version: userVersion(user),
      resource: undefined,
    }));
  }

  async read(caller: ScimCaller, id: string, options: ReadOptions): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const user = await this.users.get(caller.context, id);
    refuseOtherVersion('user', user, userVersionsIn(onlyIfMatch(options.preconditions)));
    const version = userVersion(user);
    return isKnown(options.preconditions, version)
      ? { id: user.id, version, resource: undefined }
      : this.presentOne(caller, user, projection);
  }

  async list(caller: ScimCaller, query: ListQuery): Promise<JsonObject> {
    const projection = parseProjection(query, this.type);
    const list = { tenantId: caller.context.tenantId, over: this.type.name, query };
    const found = await this.users.search(
      caller.context,
      toCondition(query.filter, this.searchable),
      this.paging.partOf(list),
      toSort(query, this.searchable),
    );
    const resources = await this.present(caller, found.items, projection);
    return this.paging.toAnswer(list, { ...found, resources });
  }

  async replace(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const resource = await orNotFound(
      () => this.parse(body),
      () => this.users.get(caller.context, id),
    );
    const password = await hashPassword(resource, options);
    const toDraft = (before: User) => toUserDraft(resource, before, password);
    const expected = userVersionsIn(options.preconditions);
    return this.presentOne(
      caller,
      await this.users.change(caller.context, id, expected, toDraft),
      projection,
    );
  }

  async patch(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const find = () => this.users.get(caller.context, id);
    const operations = await orNotFound(() => parsePatchRequest(body), find);
    const patch = (user: User) =>
      this.settle(
        readPatched(applyPatch(toWritableResource(user), operations, this.type), this.type),
      );
    // Hashing takes its time, so it is done before the row is locked.
    const password = mayNamePassword(operations)
      ? await hashPassword(patch(await find()), options)
      : undefined;
    const toDraft = (user: User) => toUserDraft(patch(user), user, password);
    const expected = userVersionsIn(options.preconditions);
    return this.presentOne(
      caller,
      await this.users.change(caller.context, id, expected, toDraft),
      projection,
    );
  }

  delete(caller: ScimCaller, id: string, preconditions: Preconditions): Promise<void> {
    return this.users.delete(caller.context, id, userVersionsIn(preconditions));
  }

  private parse(body: unknown): JsonObject {
    return this.settle(readResource(body, this.type));
  }

  private settle(resource: JsonObject): JsonObject {
    return withoutOwnReference(resource, scimBaseUrl(this.configuration));
  }

  private async presentOne(
    caller: ScimCaller,
    user: User,
    projection: Projection,
  ): Promise<ResourceAnswer> {
    const [resource] = await this.present(caller, [user], projection);
    return { id: user.id, version: userVersion(user), resource };
  }

  /** Groups and managers of a whole page are looked up at once, and only if they will be shown. */
  async present(
    caller: ScimCaller,
    users: readonly User[],
    projection: Projection,
  ): Promise<JsonObject[]> {
    const groups = projectionWants(projection, 'groups')
      ? await this.users.groupsOf(caller.context, users)
      : new Map<number, []>();
    const managers = wantsManager(projection)
      ? users.flatMap((user) => findManagerId(user) ?? [])
      : [];
    const names =
      managers.length === 0
        ? new Map<string, string | undefined>()
        : await this.users.displayNamesOf(caller.context, managers);
    const baseUrl = scimBaseUrl(this.configuration);
    return users.map((user) => {
      const surroundings = { groups: groups.get(user.pk) ?? [], names, baseUrl, door: this.type };
      return project(toUserResource(user, surroundings), projection, this.type);
    });
  }
}

/** By itself, or as a part of its extension. */
function wantsManager(projection: Projection): boolean {
  return [enterpriseUrn, `${enterpriseUrn}:manager`].some((name) =>
    projectionWants(projection, name),
  );
}

/** Whether it is worth looking for a password: nothing without this word can set one. */
function mayNamePassword(operations: readonly PatchOperation[]): boolean {
  return /password/i.test(JSON.stringify(operations));
}

async function hashPassword(
  { password }: JsonObject,
  options: WriteOptions,
): Promise<HashedPassword | undefined> {
  return typeof password === 'string' ? options.hashPassword(password) : undefined;
}

@Injectable()
export class UserHandler extends PeopleHandler {
  readonly permissionPrefix = 'scim:user';
  readonly type = userResourceType;

  constructor(users: UserService, paging: Paging, configuration: Configuration) {
    super(users, paging, configuration);
  }
}

@Injectable()
export class EnterpriseUserHandler extends PeopleHandler {
  readonly permissionPrefix = 'scim:enterprise:user';
  readonly type = enterpriseUserResourceType;

  constructor(users: UserService, paging: Paging, configuration: Configuration) {
    super(users, paging, configuration);
  }
}

/** Names that are not the same in SCIM and in the directory. */
const otherNames: ReadonlyMap<string, UserField> = new Map([
  ['meta.created', 'created'],
  ['meta.lastModified', 'changed'],
]);

const searchable: Omit<Searchable<UserField>, 'type'> = {
  findField: (path) => otherNames.get(path) ?? (isUserField(path) ? path : undefined),
  findElementField: (name) => (name === '$ref' ? undefined : name),
  extensionField: (urn) => (isUserField(urn) ? urn : undefined),
  canSortBy: canSortUsersBy,
};
