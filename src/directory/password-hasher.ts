import { hash } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { FairQueue } from './fair-queue.js';

/** A password as it is stored. */
export interface HashedPassword {
  readonly scheme: 'argon2id';
  /** In PHC form, its salt and cost inside. */
  readonly hash: string;
}

/** Each takes a core for some 20 ms and 19 MiB; the threads they run on are those of SQLite too. */
const hashesAtOnce = 2;

/** Of one tenant: beyond this its last would wait for seconds, also when nobody else has anything to hash. */
const hashesWaitingOfOneMax = 256;

/** Of all tenants: beyond this those with most waiting give way. */
const hashesWaitingMax = 1_024;

const passwordBytesMax = 4_096;

/**
 * Makes password hashes outside the event loop, a few at a time, and fairly between tenants: one that sets a thousand
 * passwords makes the others wait for a hash or two. To be called before a unit of work opens: a transaction must not wait
 * for 20 ms of somebody's arithmetic.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue = new FairQueue(
    {
      runningMax: hashesAtOnce,
      waitingMax: hashesWaitingMax,
      waitingOfOneMax: hashesWaitingOfOneMax,
    },
    tooMany,
  );

  /** @throws DomainError unavailable, when too many of the tenant wait already; invalid, for a password that is too long */
  async hash({ tenantId }: TenantContext, password: string): Promise<HashedPassword> {
    if (Buffer.byteLength(password) > passwordBytesMax) {
      const message = `[password] may have ${passwordBytesMax} bytes at most.`;
      throw DomainError.invalid({ field: 'password', rule: 'tooLong', message });
    }
    // The library's own choice is argon2id with the cost that OWASP recommends.
    const text = await this.queue.run(tenantId, () => hash(password));
    return { scheme: 'argon2id', hash: text };
  }

  /**
   * Hashes many, only so many at once as are hashed anyway: they never fill the line that others wait in. A password that
   * is refused has its refusal in its place.
   * @throws DomainError unavailable
   */
  async hashEach(
    context: TenantContext,
    passwords: readonly string[],
  ): Promise<readonly (HashedPassword | DomainError)[]> {
    const outcomes: (HashedPassword | DomainError)[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < passwords.length; index = next++) {
        try {
          outcomes[index] = await this.hash(context, passwords[index] ?? '');
        } catch (error) {
          if (!(error instanceof DomainError) || error.code !== 'invalid') {
            next = passwords.length;
            throw error;
          }
          outcomes[index] = error;
        }
      }
    };
    await Promise.all(Array.from({ length: hashesAtOnce }, lane));
    return outcomes;
  }
}

function tooMany(): DomainError {
  return new DomainError('unavailable', 'Too many passwords are being set. Try again in a moment.');
}
