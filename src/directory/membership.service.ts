import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { everything } from '../kernel/condition.js';
import { DomainError, type Problem } from '../kernel/domain-error.js';
import { isUuid } from '../kernel/ids.js';
import { foreignKeyViolation } from '../persistence/database-error.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { MemberDraft } from './group.js';
import { chunksOf } from './json-rows.js';
import { MemberRepository } from './member.repository.js';
import {
  countOf,
  type FoundKey,
  type FoundMember,
  keysOf,
  type MemberKeys,
  type MembershipStep,
  mergedSteps,
  unionOf,
} from './membership.js';

/** How many more members there are, and whether anybody came or went at all. */
export interface MembershipChange {
  readonly delta: number;
  readonly isChanged: boolean;
}

/** The users and groups that a change names, by their ids. */
export type NamedMembers = ReadonlyMap<string, FoundKey>;

/**
 * Changes who belongs to a group, inside the unit of work and under the group's lock, which `GroupService` holds. What
 * is there is never loaded to change a part of it.
 */
@Injectable()
export class MembershipService {
  constructor(
    private readonly members: MemberRepository,
    private readonly events: EventRecorder,
  ) {}

  /**
   * Finds whom the steps name by id, and keeps those who are about to come from changing until the transaction ends. It
   * needs nothing of the group but its id, and may be on its way together with the look at the group.
   */
  async lookUp(
    context: TenantContext,
    groupId: string,
    steps: readonly MembershipStep[],
  ): Promise<NamedMembers> {
    const coming = steps.flatMap((step) =>
      step.kind === 'add' || step.kind === 'replaceAll' ? step.members.map(({ id }) => id) : [],
    );
    const going = steps.flatMap((step) => (step.kind === 'remove' ? step.ids : []));
    const newcomers = uuidsAmong(coming);
    // One who is a member now may be none any more when a later step adds them.
    const areMembersSpared = mergedSteps(steps).length === 1;
    await this.members.lockForJoining(context, newcomers, areMembersSpared ? groupId : undefined);
    return this.members.resolve(context, uuidsAmong([...coming, ...going]));
  }

  /**
   * @param named what `lookUp` has found for the steps
   * @throws DomainError invalid, for an id that names nobody in the tenant, or a group that would hold itself
   */
  async apply(
    context: TenantContext,
    group: { readonly pk: number; readonly id: string },
    steps: readonly MembershipStep[],
    named: NamedMembers,
    now: number,
  ): Promise<MembershipChange> {
    const added: MemberKeys[] = [];
    const removed: MemberKeys[] = [];
    for (const step of mergedSteps(steps)) {
      const outcome = await this.applyStep(context, group.pk, step, named, now);
      added.push(outcome.added);
      removed.push(outcome.removed);
    }
    const [came, went] = [unionOf(added), unionOf(removed)];
    await this.record(context, group.id, came, went);
    return { delta: countOf(came) - countOf(went), isChanged: countOf(came) + countOf(went) > 0 };
  }

  private async applyStep(
    context: TenantContext,
    groupPk: number,
    step: MembershipStep,
    named: NamedMembers,
    now: number,
  ): Promise<{ added: MemberKeys; removed: MemberKeys }> {
    switch (step.kind) {
      case 'add':
        return {
          added: await this.add(
            groupPk,
            await this.find(context, groupPk, step.members, named),
            now,
          ),
          removed: nobody,
        };
      case 'remove':
        return {
          added: nobody,
          removed: await this.members.remove(
            groupPk,
            keysOf(step.ids.flatMap((id) => named.get(id) ?? [])),
          ),
        };
      case 'removeAll':
      case 'removeWhere': {
        const keys = await this.members.keysOf(
          context,
          groupPk,
          step.kind === 'removeAll' ? everything : step.condition,
        );
        return { added: nobody, removed: await this.members.remove(groupPk, keys) };
      }
      case 'replaceAll': {
        const found = await this.find(context, groupPk, step.members, named);
        const others = await this.members.othersThan(context, groupPk, keysOf(found));
        const removed = await this.members.remove(groupPk, others);
        return { added: await this.add(groupPk, found, now), removed };
      }
    }
  }

  /** Every one of them, or a refusal that names who is not there. */
  private async find(
    context: TenantContext,
    groupPk: number,
    drafts: readonly MemberDraft[],
    named: NamedMembers,
  ): Promise<FoundMember[]> {
    const unknown = drafts.filter(({ id }) => !named.has(id));
    if (unknown.length > 0)
      throw DomainError.invalid(
        ...unknown.slice(0, unknownNamedMax).map(({ id }) => unknownMember(id)),
      );
    const members = drafts.flatMap(({ id, display }): FoundMember[] => {
      const key = named.get(id);
      return key === undefined ? [] : [{ ...key, display }];
    });
    const { groups } = keysOf(members);
    if (groups.length > 0 && (await this.members.isCircle(context, groupPk, groups)))
      throw DomainError.invalid(circle);
    return members;
  }

  private async add(
    groupPk: number,
    found: readonly FoundMember[],
    now: number,
  ): Promise<MemberKeys> {
    try {
      return await this.members.add(groupPk, found, now);
    } catch (error) {
      // Somebody was deleted between the look and the write.
      if (foreignKeyViolation(error) === undefined) throw error;
      throw DomainError.invalid({
        field: 'members',
        rule: 'invalid',
        message: 'A member has just been deleted.',
      });
    }
  }

  /** One event for who came and one for who went, in pieces if there are very many. */
  private async record(
    context: TenantContext,
    groupId: string,
    came: MemberKeys,
    went: MemberKeys,
  ): Promise<void> {
    for (const [keys, isComing] of [
      [went, false],
      [came, true],
    ] as const) {
      await this.members.touchUsersBelow(context, keys.groups);
      await this.members.touchUsers(context, keys.users);
      const ids = new Set([...keys.users, ...keys.groups].map(({ id }) => id));
      for (const members of chunksOf([...ids], membersPerEvent)) {
        await this.events.record(context, {
          type: isComing ? 'group.member.create' : 'group.member.delete',
          objectType: 'group.member',
          objectId: groupId,
          ...(isComing ? { after: { members } } : { before: { members } }),
        });
      }
    }
  }
}

/** Nobody named by id. */
export const nobodyNamed: NamedMembers = new Map();

const membersPerEvent = 5_000;

/** A refusal names so many of the unknown; whoever sent thousands of them has another fault than one id. */
const unknownNamedMax = 10;

const nobody: MemberKeys = { users: [], groups: [] };

const circle: Problem = {
  field: 'members',
  rule: 'invalid',
  message: 'A group can not hold itself, not even through others.',
};

function uuidsAmong(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter(isUuid);
}

function unknownMember(id: string): Problem {
  return {
    field: 'members',
    rule: 'invalid',
    message: `There is no user or group with id [${id.slice(0, 64)}].`,
  };
}
