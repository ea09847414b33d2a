import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { isUuid, newId } from '../kernel/ids.js';
import { type JsonObject, toJsonObject } from '../kernel/json.js';
import type { Page, PartOf, Sort, Stretch } from '../kernel/page.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { type ExpectedVersions, refuseOtherVersion } from './expected-versions.js';
import { changesExternalId, clientOf } from './external-id.js';
import type { Group, GroupDraft, Member, MemberDraft } from './group.js';
import { type GroupField, GroupRepository } from './group.repository.js';
import { refuseTooLong } from './key-length.js';
import { MemberRepository } from './member.repository.js';
import { type MembershipStep, membershipTurn } from './membership.js';
import { type MembershipChange, MembershipService, nobodyNamed } from './membership.service.js';

export { canSortGroupsBy, type GroupField } from './group-fields.js';

/** What may be done with the groups of a tenant. */
@Injectable()
export class GroupService {
  constructor(
    private readonly groups: GroupRepository,
    private readonly members: MemberRepository,
    private readonly membership: MembershipService,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError conflict, when the name or the id is taken; invalid, when a member is no user or group of
   * the tenant
   */
  create(
    context: TenantContext,
    draft: GroupDraft,
    members: readonly MemberDraft[],
    id: string = newId(),
  ): Promise<Group> {
    const now = this.clock.now();
    const client = clientOf(context);
    const empty: Omit<Group, 'pk'> = {
      id,
      tenantId: context.tenantId,
      name: draft.name,
      memberCount: 0,
      version: 1,
      created: now,
      changed: now,
      createdByClient: client,
      changedByClient: client,
      externalId:
        client && draft.externalId !== undefined
          ? { clientEntityId: client, value: draft.externalId }
          : undefined,
      profile: draft.profile,
      data: draft.data ?? {},
    };
    const work = async () => {
      refuseTooLong('externalId', draft.externalId);
      const created: Group = { ...empty, pk: await this.groups.insert(context, empty) };
      await this.record(context, undefined, created);
      const steps: MembershipStep[] = [{ kind: 'add', members }];
      const named = await this.membership.lookUp(context, id, steps);
      const { delta } = await this.membership.apply(context, created, steps, named, now);
      if (delta === 0) return created;
      const filled = { ...created, memberCount: delta };
      await this.groups.updateCount(context, filled);
      return filled;
    };
    return members.length > 0
      ? this.unitOfWork.runInTurn(membershipTurn(context), work)
      : this.unitOfWork.run(work);
  }

  find(context: TenantContext, id: string): Promise<Group | undefined> {
    return this.groups.find(context, id);
  }

  /** @throws DomainError not_found, also for a group of another tenant */
  async get(context: TenantContext, id: string): Promise<Group> {
    const group = await this.groups.find(context, id);
    if (group === undefined) throw DomainError.notFound('group', id);
    return group;
  }

  search(
    context: TenantContext,
    condition: Condition<GroupField>,
    part: Page | Stretch,
    sort?: Sort<GroupField>,
  ): Promise<PartOf<Group>> {
    return this.groups.search(context, condition, part, sort);
  }

  /** All members of each of the groups, by the groups' `pk`, in the order in which they came. */
  membersOf(context: TenantContext, groups: readonly Group[]): Promise<Map<number, Member[]>> {
    const filled = groups.filter((group) => group.memberCount > 0);
    return this.members.listOf(
      context,
      filled.map((group) => group.pk),
    );
  }

  /**
   * Changes what a caller decides and who belongs to the group, together, under the row's lock. What changes nothing
   * leaves no trace; to change one member costs the same in a large group as in a small one.
   * @param toDraft makes the new content from the group as it is under the lock
   * @throws DomainError not_found, version_mismatch, conflict, invalid; whatever `toDraft` throws
   */
  change(
    context: TenantContext,
    id: string,
    expected: ExpectedVersions,
    toDraft: (group: Group) => GroupDraft,
    steps: readonly MembershipStep[] = [],
  ): Promise<Group> {
    const work = async () => {
      if (!isUuid(id)) throw DomainError.notFound('group', id);
      // They travel together, the group first: what one of them fails of, the group's own failure tells.
      const looks = [
        this.groups.findForChange(context, id),
        this.membership.lookUp(context, id, steps),
      ] as const;
      await Promise.allSettled(looks);
      const [before, named] = [await looks[0], await looks[1]];
      if (before === undefined) throw DomainError.notFound('group', id);
      refuseOtherVersion('group', before, expected);
      const draft = toDraft(before);
      const now = this.clock.now();
      const membership = await this.membership.apply(context, before, steps, named, now);
      return this.apply(context, before, draft, membership, now);
    };
    return steps.length > 0
      ? this.unitOfWork.runInTurn(membershipTurn(context), work)
      : this.unitOfWork.runInLine(`group ${id} of ${context.tenantId}`, work);
  }

  /**
   * Deletes the group; its members stay, and groups that held it have one member less.
   * @throws DomainError not_found, version_mismatch
   */
  async delete(context: TenantContext, id: string, expected?: ExpectedVersions): Promise<void> {
    await this.unitOfWork.runInTurn(membershipTurn(context), async () => {
      const group = await this.groups.findForChange(context, id);
      if (group === undefined) throw DomainError.notFound('group', id);
      refuseOtherVersion('group', group, expected);
      const now = this.clock.now();
      await this.membership.apply(context, group, [{ kind: 'removeAll' }], nobodyNamed, now);
      await this.members.removeChild(context, group.pk, now);
      await this.groups.delete(context, group.pk);
      await this.record(context, group, undefined);
    });
  }

  private async apply(
    context: TenantContext,
    before: Group,
    draft: GroupDraft,
    membership: MembershipChange,
    now: number,
  ): Promise<Group> {
    const isRenamed = changesExternalId(context, before.externalId, draft.externalId);
    const data = draft.data ?? before.data;
    const content = { name: draft.name, profile: draft.profile, data };
    const isContentChanged = isRenamed || !isDeepStrictEqual({ ...before, ...content }, before);
    if (!isContentChanged && !membership.isChanged) return before;
    const after: Group = {
      ...before,
      ...content,
      memberCount: before.memberCount + membership.delta,
      version: before.version + 1,
      changed: now,
      changedByClient: clientOf(context),
    };
    if (!isContentChanged) {
      await this.groups.updateCount(context, after);
      return after;
    }
    refuseTooLong('externalId', draft.externalId);
    await this.groups.update(context, after);
    if (isRenamed) await this.groups.setExternalId(context, after.pk, draft.externalId);
    const outcome = isRenamed ? ((await this.groups.find(context, after.id)) ?? after) : after;
    await this.record(context, before, outcome);
    return outcome;
  }

  private async record(
    context: TenantContext,
    before: Group | undefined,
    after: Group | undefined,
  ): Promise<void> {
    await this.events.record(context, {
      type:
        before === undefined
          ? 'group.create'
          : after === undefined
            ? 'group.delete'
            : 'group.update',
      objectType: 'group',
      objectId: (after ?? before)?.id ?? '',
      before: before && toSnapshot(before),
      after: after && toSnapshot(after),
    });
  }
}

/** What the record of events keeps; members have events of their own. */
function toSnapshot(group: Group): JsonObject {
  return {
    id: group.id,
    name: group.name,
    externalId: group.externalId?.value ?? null,
    profile: toJsonObject(group.profile),
    data: group.data,
    version: group.version,
    created: group.created,
    changed: group.changed,
  };
}
