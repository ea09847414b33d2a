import { Injectable } from '@nestjs/common';
import type { ScimCaller } from '../auth/scim-caller.js';
import { Configuration } from '../config/configuration.js';
import { refuseOtherVersion } from '../directory/expected-versions.js';
import type { Group, MemberDraft } from '../directory/group.js';
import { canSortGroupsBy, type GroupField, GroupService } from '../directory/group.service.js';
import type { MembershipStep } from '../directory/membership.js';
import { type Condition, mapQuestions } from '../kernel/condition.js';
import type { JsonObject } from '../scim-core/json.js';
import { applyPatch } from '../scim-core/patch/apply-patch.js';
import {
  type Member,
  memberDelta,
  type MembershipStep as ScimStep,
  readMembers,
} from '../scim-core/patch/member-delta.js';
import { parsePatchRequest } from '../scim-core/patch/parse-patch-request.js';
import type { ListQuery } from '../scim-core/resource/list.js';
import {
  parseProjection,
  project,
  type Projection,
  projectionWants,
} from '../scim-core/resource/project.js';
import { readPatched, readResource } from '../scim-core/resource/read-resource.js';
import { groupResourceType } from '../scim-core/schema/resource-types.js';
import {
  isKnown,
  onlyIfMatch,
  type Preconditions,
  groupVersion,
  groupVersionsIn,
} from './entity-tag.js';
import { type Searchable, toCondition, toElementCondition } from './filter-condition.js';
import { toGroupDraft, toGroupResource, toWritableGroup } from './group.mapping.js';
import { toSort } from './list-order.js';
import { orNotFound } from './or-not-found.js';
import { Paging } from './paging.js';
import type {
  ReadOptions,
  ResourceAnswer,
  ResourceHandler,
  WriteOptions,
} from './resource-handler.js';
import { scimBaseUrl } from './scim-base.js';

/** Groups over SCIM. Members are read only when they will be shown, and changed without being read. */
@Injectable()
export class GroupHandler implements ResourceHandler {
  readonly permissionPrefix = 'scim:group';
  readonly type = groupResourceType;
  readonly searchable = searchable;

  constructor(
    private readonly groups: GroupService,
    private readonly paging: Paging,
    private readonly configuration: Configuration,
  ) {}

  async create(
    caller: ScimCaller,
    body: unknown,
    { shown }: WriteOptions,
    id?: string,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(shown, this.type);
    const { resource, members } = this.parse(body);
    const group = await this.groups.create(caller.context, toGroupDraft(resource), members, id);
    return this.presentOne(caller, group, projection);
  }

  async read(caller: ScimCaller, id: string, options: ReadOptions): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const group = await this.groups.get(caller.context, id);
    refuseOtherVersion('group', group, groupVersionsIn(onlyIfMatch(options.preconditions)));
    const version = groupVersion(group);
    return isKnown(options.preconditions, version)
      ? { id: group.id, version, resource: undefined }
      : this.presentOne(caller, group, projection);
  }

  async list(caller: ScimCaller, query: ListQuery): Promise<JsonObject> {
    const projection = parseProjection(query, this.type);
    const list = { tenantId: caller.context.tenantId, over: this.type.name, query };
    const found = await this.groups.search(
      caller.context,
      toCondition(query.filter, searchable),
      this.paging.partOf(list),
      toSort(query, searchable),
    );
    const resources = await this.present(caller, found.items, projection);
    return this.paging.toAnswer(list, { ...found, resources });
  }

  /** A group without members in the body is one of nobody (RFC 7644 §3.5.1). */
  async replace(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const { resource, members } = await orNotFound(
      () => this.parse(body),
      () => this.groups.get(caller.context, id),
    );
    const steps: MembershipStep[] = [{ kind: 'replaceAll', members }];
    const toDraft = () => toGroupDraft(resource);
    const expected = groupVersionsIn(options.preconditions);
    return this.presentOne(
      caller,
      await this.groups.change(caller.context, id, expected, toDraft, steps),
      projection,
    );
  }

  /** Answers without a body unless one was asked for: Entra ID prefers that, and a body could be 50,000 members. */
  async patch(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer> {
    const projection = parseProjection(options.shown, this.type);
    const { steps, rest } = await orNotFound(
      () => memberDelta(parsePatchRequest(body), this.type),
      () => this.groups.get(caller.context, id),
    );
    const toDraft = (group: Group) =>
      toGroupDraft(
        rest.length === 0
          ? toWritableGroup(group)
          : readPatched(applyPatch(toWritableGroup(group), rest, this.type), this.type),
      );
    const group = await this.groups.change(
      caller.context,
      id,
      groupVersionsIn(options.preconditions),
      toDraft,
      steps.map(toStep),
    );
    return projection.kind === 'default'
      ? { id: group.id, version: groupVersion(group), resource: undefined }
      : this.presentOne(caller, group, projection);
  }

  delete(caller: ScimCaller, id: string, preconditions: Preconditions): Promise<void> {
    return this.groups.delete(caller.context, id, groupVersionsIn(preconditions));
  }

  private parse(body: unknown): { resource: JsonObject; members: MemberDraft[] } {
    const resource = readResource(body, this.type);
    const members = readMembers(resource.members ?? [], this.type).map(toMemberDraft);
    return { resource, members };
  }

  private async presentOne(
    caller: ScimCaller,
    group: Group,
    projection: Projection,
  ): Promise<ResourceAnswer> {
    const [resource] = await this.present(caller, [group], projection);
    return { id: group.id, version: groupVersion(group), resource };
  }

  /** Members of a whole page are looked up at once, and only if they will be shown. */
  async present(
    caller: ScimCaller,
    groups: readonly Group[],
    projection: Projection,
  ): Promise<JsonObject[]> {
    const isWanted = projectionWants(projection, 'members');
    const members = isWanted ? await this.groups.membersOf(caller.context, groups) : undefined;
    const baseUrl = scimBaseUrl(this.configuration);
    return groups.map((group) => {
      const own = members && (members.get(group.pk) ?? []);
      return project(toGroupResource(group, own, baseUrl), projection, this.type);
    });
  }
}

function toStep(step: ScimStep): MembershipStep {
  switch (step.kind) {
    case 'add':
    case 'replaceAll':
      return { kind: step.kind, members: step.members.map(toMemberDraft) };
    case 'remove':
      return { kind: 'remove', ids: step.values };
    case 'removeAll':
      return step;
    case 'removeWhere':
      return {
        kind: 'removeWhere',
        condition: toMemberCondition(toElementCondition(step.filter, findMemberField)),
      };
  }
}

function toMemberDraft({ value, display }: Member): MemberDraft {
  return { id: value, display };
}

function findMemberField(name: string): 'id' | 'kind' | undefined {
  return name === 'value' ? 'id' : name === 'type' ? 'kind' : undefined;
}

/** Kinds are in lower case in the directory, whatever the schema says of the case of `type`. */
function toMemberCondition(condition: Condition): Condition<'id' | 'kind'> {
  return mapQuestions<string, 'id' | 'kind'>(condition, (question) => {
    if (question.kind === 'some') throw new Error('a member has no lists');
    const field = question.field === 'kind' ? 'kind' : 'id';
    if (question.kind === 'present' || field === 'id') return { ...question, field };
    return { ...question, field, value: String(question.value).toLowerCase() };
  });
}

const fieldNames: ReadonlyMap<string, GroupField> = new Map([
  ['id', 'id'],
  ['displayName', 'name'],
  ['externalId', 'externalId'],
  ['meta.created', 'created'],
  ['meta.lastModified', 'changed'],
  ['members', 'members'],
  ['members.value', 'members.id'],
  ['members.type', 'members.kind'],
]);

const searchable: Searchable<GroupField> = {
  type: groupResourceType,
  findField: (path) => fieldNames.get(path),
  findElementField: findMemberField,
  extensionField: () => undefined,
  canSortBy: canSortGroupsBy,
};
