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
  idsOf,
  keysOf,
  type MemberKey,
  type MemberKeys,
  type MembershipStep,
  mergedSteps,
  type NamingStep,
  unionOf,
} from './membership.js';

/** How many more members there are, and whether anybody came or went at all. */
export interface MembershipChange {
  readonly delta: number;
  readonly isChanged: boolean;
}

/** Who comes to a group or goes from it by one request of several. */
export interface NamingChange {
  readonly context: TenantContext;
  readonly step: NamingStep;
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
    await this.touch(context, went);
    await this.touch(context, came);
    return this.record(context, group.id, came, went);
  }

  /**
   * Makes several changes of one group at once.
   * @param changes nobody is named by two of them, and whoever is to come is a user that `lookUp` has found
   * @returns what each of them changed
   */
  async applyApart(
    group: { readonly pk: number; readonly id: string },
    changes: readonly NamingChange[],
    named: NamedMembers,
    now: number,
  ): Promise<MembershipChange[]> {
    const [first] = changes;
    if (first === undefined) return [];
    const { context } = first;
    const steps = changes.map(({ step }) => step);
    const drafts = steps.flatMap((step) => (step.kind === 'add' ? step.members : []));
    const going = steps.flatMap((step) => (step.kind === 'remove' ? step.ids : []));
    const found = await this.find(context, group.pk, drafts, named);
    const went = await this.members.remove(group.pk, keysOf(foundAmong(named, going)));
    const came = await this.add(group.pk, found, now);
    await this.touch(context, unionOf([went, came]));
    const outcomes: MembershipChange[] = [];
    for (const change of changes) {
      const ids = new Set(idsOf(change.step));
      const [ownCame, ownWent] = [came, went].map((keys) => namedBy(ids, keys));
      outcomes.push(
        await this.record(change.context, group.id, ownCame ?? nobody, ownWent ?? nobody),
      );
    }
    return outcomes;
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
          removed: await this.members.remove(groupPk, keysOf(foundAmong(named, step.ids))),
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

  /** Moves the versions of the users that came or went, themselves or with a group. */
  private async touch(context: TenantContext, { users, groups }: MemberKeys): Promise<void> {
    await this.members.touchUsersBelow(context, groups);
    await this.members.touchUsers(context, users);
  }

  /** One event for who came and one for who went, in pieces if there are very many. */
  private async record(
    context: TenantContext,
    groupId: string,
    came: MemberKeys,
    went: MemberKeys,
  ): Promise<MembershipChange> {
    for (const [keys, isComing] of [
      [went, false],
      [came, true],
    ] as const) {
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
    return { delta: countOf(came) - countOf(went), isChanged: countOf(came) + countOf(went) > 0 };
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

function foundAmong(named: NamedMembers, ids: readonly string[]): FoundKey[] {
  return ids.flatMap((id) => named.get(id) ?? []);
}

function namedBy(ids: ReadonlySet<string>, { users, groups }: MemberKeys): MemberKeys {
  const isNamed = ({ id }: MemberKey) => ids.has(id);
  return { users: users.filter(isNamed), groups: groups.filter(isNamed) };
}

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
