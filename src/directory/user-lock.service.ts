import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { UserLockRepository } from './user-lock.repository.js';
import { findLocker, isKeeper, nameKeyOf, type User } from './user.js';
import { UserRepository } from './user.repository.js';

/**
 * What becomes of the locks on names while people come, go and are renamed, each time in the unit of work that does
 * it: a SCIM client can not take a lock away, and an administrator or an API key does so by letting the person in.
 */
@Injectable()
export class UserLockService {
  constructor(
    private readonly locks: UserLockRepository,
    private readonly users: UserRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Applies the locks on their names to users who were just stored under these. Not before that: only now is it sure that
   * whoever had a name is gone, and that the lock which that left behind is seen.
   * @returns the users as they are stored now
   */
  async applyTo(context: TenantContext, users: readonly User[]): Promise<User[]> {
    const keys = users.map(nameKeyOf);
    if (isKeeper(context.actor)) await this.locks.remove(context, keys);
    if (context.actor.kind !== 'scim_client') return [...users];
    const lockers = await this.locks.find(context, keys);
    const settled: User[] = [];
    for (const user of users) {
      const locker = lockers.get(nameKeyOf(user));
      const locked = locker ? { ...user, isActive: false, deactivatedBy: locker } : user;
      if (locker) await this.users.update(context, user, locked, false);
      settled.push(locked);
    }
    return settled;
  }

  /** What a SCIM client takes away, the name or the whole user, does not take the lock with it. */
  async keep(context: TenantContext, user: User): Promise<void> {
    const locker = findLocker(user);
    if (locker && context.actor.kind === 'scim_client')
      await this.locks.keep(context, nameKeyOf(user), locker, this.clock.now());
  }

  /**
   * Over SCIM a new name brings its lock, and an old one keeps it; whoever may lock lets people in for good.
   * @param after the user as it was just stored
   * @returns the user as the lock of its new name makes it, stored too
   */
  async move(context: TenantContext, before: User, after: User): Promise<User> {
    const keys = [nameKeyOf(before), nameKeyOf(after)];
    const isLetIn = after.isActive && !before.isActive;
    if (isLetIn && isKeeper(context.actor)) await this.locks.remove(context, keys);
    if (context.actor.kind !== 'scim_client' || keys[0] === keys[1]) return after;
    await this.keep(context, before);
    if (findLocker(after)) return after;
    const [settled = after] = await this.applyTo(context, [after]);
    return settled;
  }
}
