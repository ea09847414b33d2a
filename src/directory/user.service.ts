import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { EventType } from '../events/event.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { type JsonObject, toJsonObject } from '../kernel/json.js';
import type { Page, PartOf, Sort, Stretch } from '../kernel/page.js';
import { LateWrites } from '../persistence/late-writes.js';
import { done, left, type Outcome, refused, SharedUnits } from '../persistence/shared-units.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { callerKey, type TenantContext } from '../tenants/tenant-context.js';
import { AddressService, type Strictness } from './address.service.js';
import { type ExpectedVersions, refuseOtherVersion } from './expected-versions.js';
import { changesExternalId, clientOf, renamedFor } from './external-id.js';
import { refuseTooLong } from './key-length.js';
import { MemberRepository } from './member.repository.js';
import { membershipTurn } from './membership.js';
import {
  activeAfter,
  bringsEmailBack,
  type GroupOfUser,
  nameKeyOf,
  refuseUnfitKeys,
  setsMainEmail,
  takesKey,
  type User,
  type UserDraft,
} from './user.js';
import { UserLockService } from './user-lock.service.js';
import { type UserField, UserRepository } from './user.repository.js';

export { canSortUsersBy, isUserField, type UserField } from './user-fields.js';

/** A user to be made, and for whom. */
interface Creation extends NewUserDraft {
  readonly context: TenantContext;
}

/** A user to be changed, and by whom. */
interface Change {
  readonly context: TenantContext;
  readonly id: string;
  readonly expected: ExpectedVersions;
  readonly toDraft: (user: User) => UserDraft;
}

/** A user to be made, with the id that it is to have. */
export interface NewUserDraft {
  readonly id: string;
  readonly draft: UserDraft;
}

/** What may be done with the people of a tenant. */
@Injectable()
export class UserService {
  private readonly creations = new SharedUnits<Creation, User>({
    alone: async ({ context, ...draft }) => {
      const [user] = await this.createAll(context, [draft]);
      if (user === undefined) throw new Error('one draft makes one user');
      return user;
    },
    together: (creations) => this.createTogether(creations),
    isOpen: () => this.unitOfWork.isOpen,
  });

  private readonly changes = new SharedUnits<Change, User>({
    alone: (change) => this.changeAlone(change),
    together: (changes) => this.changeTogether(changes),
    isOpen: () => this.unitOfWork.isOpen,
  });

  constructor(
    private readonly users: UserRepository,
    private readonly locks: UserLockService,
    private readonly members: MemberRepository,
    private readonly addresses: AddressService,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly lateWrites: LateWrites,
    private readonly clock: Clock,
  ) {}

  /**
   * Never takes over somebody who is there already. Over SCIM, a name that is locked comes with its lock: the user is
   * made and is not active. An administrator or API key takes the lock away by making the user itself.
   * @throws DomainError conflict, when user name or id are taken, or the e-mail address where one stands for one person;
   * invalid, for a key that is empty or too long
   */
  create(context: TenantContext, draft: UserDraft, id: string = newId()): Promise<User> {
    return this.creations.run(callerKey(context), { context, id, draft });
  }

  /**
   * Creates all of them or none, in few statements.
   * @throws DomainError as `create` does, also when two of them are in each other's way
   */
  createAll(context: TenantContext, drafts: readonly NewUserDraft[]): Promise<User[]> {
    return this.insertAll(drafts.map((draft) => ({ ...draft, context })));
  }

  /** Names are taken in one order by all: two that take the same ones do not wait for each other. */
  private async createTogether(creations: readonly Creation[]): Promise<Outcome<User>[]> {
    const ordered = creations
      .map((creation) => ({
        ...creation,
        key: nameKeyOf({ profile: creation.draft.profile, id: creation.id }),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const created = await this.insertAll(ordered);
    const byId = new Map(created.map((user) => [user.id, user]));
    return creations.map(({ id }) => {
      const user = byId.get(id);
      return user === undefined ? left : done(user);
    });
  }

  /** @param creations of one tenant and by one actor, in one request or in several */
  private insertAll(creations: readonly Creation[]): Promise<User[]> {
    const [first] = creations;
    if (first === undefined) return Promise.resolve([]);
    const users = creations.map(({ context, id, draft }) => this.newUser(context, id, draft));
    const insert = async () => {
      for (const { draft } of creations) refuseTooLong('externalId', draft.externalId);
      for (const user of users) refuseUnfitKeys(user);
      const { pks, sharing } = await this.users.insertAll(first.context, users);
      const created: User[] = [];
      for (const [index, user] of users.entries()) {
        const pk = pks[index];
        if (pk === undefined) throw new Error('an insert that returns its rows left one out');
        const password = creations[index]?.draft.password;
        if (password) await this.users.setPassword(pk, password, user.changed);
        created.push({ ...user, pk });
      }
      const settled = await this.locks.applyTo(first.context, created);
      await this.addresses.refuseSharing(
        first.context,
        settled.filter(({ id }) => sharing.has(id)),
        this.addresses.strictnessOf(first.context),
      );
      for (const [index, user] of settled.entries())
        await this.record(
          creations[index]?.context ?? first.context,
          'user.create',
          undefined,
          user,
        );
      return settled;
    };
    return this.unitOfWork.run(() => this.lateWrites.together(insert));
  }

  find(context: TenantContext, id: string): Promise<User | undefined> {
    return this.users.find(context, id);
  }

  /** @throws DomainError not_found, also for a user of another tenant */
  async get(context: TenantContext, id: string): Promise<User> {
    const user = await this.users.find(context, id);
    if (user === undefined) throw DomainError.notFound('user', id);
    return user;
  }

  search(
    context: TenantContext,
    condition: Condition<UserField>,
    part: Page | Stretch,
    sort?: Sort<UserField>,
  ): Promise<PartOf<User>> {
    return this.users.search(context, condition, part, sort);
  }

  /**
   * Changes what a caller decides, under the row's lock; a change that changes nothing leaves no trace. A SCIM client
   * can not reactivate whom an administrator or an API key deactivated: everything else of its change is applied.
   * @param toDraft makes the new content from the user as it is under the lock
   * @throws DomainError not_found, version_mismatch, conflict, invalid; whatever `toDraft` throws
   */
  change(
    context: TenantContext,
    id: string,
    expected: ExpectedVersions,
    toDraft: (user: User) => UserDraft,
  ): Promise<User> {
    return this.changes.run(callerKey(context), { context, id, expected, toDraft });
  }

  /**
   * Deletes the user; its memberships end, its names are free again, its id is never used again. A lock outlives the
   * user when a SCIM client deletes it, and stays on its name.
   * @throws DomainError not_found, version_mismatch
   */
  async delete(context: TenantContext, id: string, expected?: ExpectedVersions): Promise<void> {
    await this.unitOfWork.runInTurn(membershipTurn(context), async () => {
      const user = await this.users.findForChange(context, id);
      if (user === undefined) throw DomainError.notFound('user', id);
      refuseOtherVersion('user', user, expected);
      await this.members.removeUser(context, user.pk, this.clock.now());
      await this.users.delete(context, user);
      await this.locks.keep(context, user);
      await this.record(context, 'user.delete', user, undefined);
    });
  }

  /** The groups of each of the users, by the users' `pk`, through other groups too; a user in none has no entry. */
  groupsOf(context: TenantContext, users: readonly User[]): Promise<Map<number, GroupOfUser[]>> {
    const everMembers = users.filter((user) => user.membershipVersion > 0);
    return this.users.groupsOf(
      context,
      everMembers.map((user) => user.pk),
    );
  }

  /** The display names of those of the ids that are users of the tenant; undefined for a user who has none. */
  async displayNamesOf(
    context: TenantContext,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>> {
    const users = await this.users.findAll(context, [...new Set(ids)]);
    return new Map(users.map(({ id, profile }) => [id, profile.displayName]));
  }

  private newUser(context: TenantContext, id: string, draft: UserDraft): Omit<User, 'pk'> {
    const now = this.clock.now();
    const client = clientOf(context);
    return {
      id,
      tenantId: context.tenantId,
      isActive: draft.isActive,
      deactivatedBy: draft.isActive ? undefined : context.actor,
      version: 1,
      membershipVersion: 0,
      created: now,
      changed: now,
      createdByClient: client,
      changedByClient: client,
      ...renamedFor(context, {}, draft.externalId),
      profile: draft.profile,
      data: draft.data ?? {},
    };
  }

  private changeAlone({ context, id, expected, toDraft }: Change): Promise<User> {
    return this.unitOfWork.runInLine(`user ${id} of ${context.tenantId}`, async () => {
      const before = await this.users.findForChange(context, id);
      if (before === undefined) throw DomainError.notFound('user', id);
      refuseOtherVersion('user', before, expected);
      return this.apply(context, before, toDraft(before), this.addresses.strictnessOf(context));
    });
  }

  /** @param changes in one tenant and by one actor */
  private changeTogether(changes: readonly Change[]): Promise<Outcome<User>[]> {
    const [first] = changes;
    if (first === undefined) return Promise.resolve([]);
    return this.unitOfWork.run(() =>
      this.lateWrites.together(async () => {
        const free = await this.users.findFreeForChange(changes);
        const outcomes: Outcome<User>[] = [];
        const isStrict = this.addresses.strictnessOf(first.context);
        for (const change of changes) {
          const before = free.get(change.id);
          // A second change of the same user is one of what the first has made.
          free.delete(change.id);
          outcomes.push(
            before === undefined ? left : await this.changeFree(change, before, isStrict),
          );
        }
        return outcomes;
      }),
    );
  }

  private async changeFree(
    { context, expected, toDraft }: Change,
    before: User,
    isStrict: Strictness,
  ): Promise<Outcome<User>> {
    let draft: UserDraft;
    try {
      refuseOtherVersion('user', before, expected);
      draft = toDraft(before);
    } catch (error) {
      return refused(error);
    }
    // Whoever waits for a name or an address must not hold others meanwhile.
    if (takesKey(before, draft)) return left;
    const isActive = activeAfter(before, draft.isActive, context.actor);
    const isBack = bringsEmailBack(before, { profile: draft.profile, isActive });
    if (isBack && (await isStrict())) return left;
    return done(await this.apply(context, before, draft, isStrict));
  }

  private async apply(
    context: TenantContext,
    before: User,
    draft: UserDraft,
    isStrict: Strictness,
  ): Promise<User> {
    const isActive = activeAfter(before, draft.isActive, context.actor);
    const isFlipped = isActive !== before.isActive;
    const isMarked = changesExternalId(context, before, draft.externalId);
    const isProfileChanged = !isDeepStrictEqual(before.profile, draft.profile);
    const data = draft.data ?? before.data;
    const isContentChanged =
      isProfileChanged ||
      isMarked ||
      draft.password !== undefined ||
      !isDeepStrictEqual(before.data, data);
    if (!isFlipped && !isContentChanged) return before;
    refuseTooLong('externalId', draft.externalId);
    const after: User = {
      ...before,
      ...(isMarked ? renamedFor(context, before.externalIds, draft.externalId) : {}),
      isActive,
      deactivatedBy: isFlipped ? (isActive ? undefined : context.actor) : before.deactivatedBy,
      profile: draft.profile,
      data,
      version: before.version + 1,
      changed: this.clock.now(),
      changedByClient: clientOf(context),
    };
    if (takesKey(before, after)) refuseUnfitKeys(after);
    const isSharing = await this.users.update(context, before, after, isProfileChanged);
    if (draft.password) await this.users.setPassword(after.pk, draft.password, after.changed);
    const outcome = await this.locks.move(context, before, after);
    if (bringsEmailBack(before, outcome) || (isSharing && setsMainEmail(before, outcome)))
      await this.addresses.refuseSharing(context, [outcome], isStrict);
    if (isContentChanged) await this.record(context, 'user.update', before, outcome);
    if (outcome.isActive !== before.isActive) {
      const type = outcome.isActive ? 'user.reactivate' : 'user.deactivate';
      await this.record(context, type, before, outcome);
    }
    return outcome;
  }

  private async record(
    context: TenantContext,
    type: EventType,
    before: User | undefined,
    after: User | undefined,
  ): Promise<void> {
    await this.events.record(context, {
      type,
      objectType: 'user',
      objectId: (after ?? before)?.id ?? '',
      before: before && toSnapshot(before),
      after: after && toSnapshot(after),
    });
  }
}

/** What the record of events keeps: everything but the password. */
function toSnapshot(user: User): JsonObject {
  return {
    id: user.id,
    isActive: user.isActive,
    deactivatedBy: user.deactivatedBy === undefined ? null : { ...user.deactivatedBy },
    externalId: user.externalId ?? null,
    profile: toJsonObject(user.profile),
    data: user.data,
    version: user.version,
    created: user.created,
    changed: user.changed,
  };
}
