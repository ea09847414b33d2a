import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { isUuid, newId } from '../kernel/ids.js';
import { type JsonObject, toJsonObject } from '../kernel/json.js';
import type { Page, PartOf, Sort, Stretch } from '../kernel/page.js';
import { LateWrites } from '../persistence/late-writes.js';
import { done, left, type Outcome, refused, SharedUnits } from '../persistence/shared-units.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { callerKey, type TenantContext } from '../tenants/tenant-context.js';
import { type ExpectedVersions, refuseOtherVersion } from './expected-versions.js';
import { changesExternalId, clientOf, renamedFor } from './external-id.js';
import type { Group, GroupDraft, Member, MemberDraft } from './group.js';
import { type GroupField, GroupRepository } from './group.repository.js';
import { refuseTooLong } from './key-length.js';
import { MemberRepository } from './member.repository.js';
import {
  idsOf,
  type MembershipStep,
  membershipTurn,
  type NamingStep,
  stepsApart,
} from './membership.js';
import {
  type MembershipChange,
  MembershipService,
  type NamedMembers,
  type NamingChange,
  nobodyNamed,
} from './membership.service.js';

export { canSortGroupsBy, type GroupField } from './group-fields.js';

/** A group to be changed, and by whom. */
interface Change {
  readonly context: TenantContext;
  readonly id: string;
  readonly expected: ExpectedVersions;
  readonly toDraft: (group: Group) => GroupDraft;
  readonly steps: readonly MembershipStep[];
}

/** What may be done with the groups of a tenant. */
@Injectable()
export class GroupService {
  private readonly changes = new SharedUnits<Change, Group>({
    alone: (change) => this.changeAlone(change),
    together: (changes) => this.changeTogether(changes),
    isOpen: () => this.unitOfWork.isOpen,
  });

  constructor(
    private readonly groups: GroupRepository,
    private readonly members: MemberRepository,
    private readonly membership: MembershipService,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly lateWrites: LateWrites,
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
      ...renamedFor(context, {}, draft.externalId),
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
    const change = { context, id, expected, toDraft, steps };
    return this.changes.run(`${callerKey(context)} ${id}`, change);
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
      await this.groups.delete(context, group);
      await this.record(context, group, undefined);
    });
  }

  private changeAlone({ context, id, expected, toDraft, steps }: Change): Promise<Group> {
    const work = async () => {
      const { before, named } = await this.look(context, id, steps);
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

  /** @param changes of one group and by one actor; those of them that only say who comes or goes are made */
  private async changeTogether(changes: readonly Change[]): Promise<Outcome<Group>[]> {
    const [first] = changes;
    // Which version one of them would have to expect is only known when those before it are made.
    const steps = stepsApart(changes.map((one) => (one.expected === undefined ? one.steps : [])));
    if (first === undefined || steps.filter((step) => step !== undefined).length < 2)
      return changes.map(() => left);
    return this.unitOfWork.runInTurn(membershipTurn(first.context), () =>
      this.lateWrites.together(() => this.changeMembers(first, changes, steps)),
    );
  }

  private async changeMembers(
    { context, id }: Change,
    changes: readonly Change[],
    steps: readonly (NamingStep | undefined)[],
  ): Promise<Outcome<Group>[]> {
    const { before, named } = await this.look(
      context,
      id,
      steps.filter((step) => step !== undefined),
    );
    if (before === undefined) return changes.map(() => left);
    const made: (NamingChange & { readonly index: number })[] = [];
    const outcomes = changes.map((change, index): Outcome<Group> => {
      const step = steps[index];
      if (step === undefined || !namesUsers(step, named)) return left;
      try {
        if (isContentChanged(change.context, before, change.toDraft(before))) return left;
      } catch (error) {
        return refused(error);
      }
      made.push({ context: change.context, step, index });
      return left;
    });
    const now = this.clock.now();
    const memberships = await this.membership.applyApart(before, made, named, now);
    let after = before;
    for (const [nth, { index }] of made.entries()) {
      const membership = memberships[nth];
      if (membership?.isChanged) after = afterChange(context, after, membership, now);
      outcomes[index] = done(after);
    }
    if (after !== before) await this.groups.updateCount(context, after);
    return outcomes;
  }

  /** The group, kept from other writers, and whom the steps name. */
  private async look(
    context: TenantContext,
    id: string,
    steps: readonly MembershipStep[],
  ): Promise<{ readonly before: Group | undefined; readonly named: NamedMembers }> {
    if (!isUuid(id)) return { before: undefined, named: nobodyNamed };
    // They travel together, the group first: what one of them fails of, the group's own failure tells.
    const looks = [
      this.groups.findForChange(context, id),
      this.membership.lookUp(context, id, steps),
    ] as const;
    await Promise.allSettled(looks);
    return { before: await looks[0], named: await looks[1] };
  }

  private async apply(
    context: TenantContext,
    before: Group,
    draft: GroupDraft,
    membership: MembershipChange,
    now: number,
  ): Promise<Group> {
    const isChanged = isContentChanged(context, before, draft);
    if (!isChanged && !membership.isChanged) return before;
    const counted = afterChange(context, before, membership, now);
    if (!isChanged) {
      await this.groups.updateCount(context, counted);
      return counted;
    }
    refuseTooLong('externalId', draft.externalId);
    const isRenamed = changesExternalId(context, before, draft.externalId);
    const after: Group = {
      ...counted,
      ...(isRenamed ? renamedFor(context, before.externalIds, draft.externalId) : {}),
      ...contentOf(before, draft),
    };
    await this.groups.update(context, before, after);
    await this.record(context, before, after);
    return after;
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

/** Whether all that are to come are users that were found, and nobody of those who are to go is a group. */
function namesUsers(step: NamingStep, named: NamedMembers): boolean {
  return idsOf(step).every((id) => named.get(id)?.isUser ?? step.kind === 'remove');
}

function contentOf(before: Group, { name, profile, data }: GroupDraft) {
  return { name, profile, data: data ?? before.data };
}

function isContentChanged(context: TenantContext, before: Group, draft: GroupDraft): boolean {
  return (
    changesExternalId(context, before, draft.externalId) ||
    !isDeepStrictEqual({ ...before, ...contentOf(before, draft) }, before)
  );
}

function afterChange(
  context: TenantContext,
  before: Group,
  { delta }: MembershipChange,
  now: number,
): Group {
  return {
    ...before,
    memberCount: before.memberCount + delta,
    version: before.version + 1,
    changed: now,
    changedByClient: clientOf(context),
  };
}

/** What the record of events keeps; members have events of their own. */
function toSnapshot(group: Group): JsonObject {
  return {
    id: group.id,
    name: group.name,
    externalId: group.externalId ?? null,
    profile: toJsonObject(group.profile),
    data: group.data,
    version: group.version,
    created: group.created,
    changed: group.changed,
  };
}
