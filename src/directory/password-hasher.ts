import { hash } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';

/** A password as it is stored. */
export interface HashedPassword {
  readonly scheme: 'argon2id';
  /** In PHC form, its salt and cost inside. */
  readonly hash: string;
}

/** Each takes a core for some 20 ms and 19 MiB; the threads they run on are those of SQLite too. */
const hashesAtOnce = 2;

/** Beyond this the last in the line would wait for seconds. */
const hashesWaitingMax = 256;

const passwordBytesMax = 4_096;

/**
 * Makes password hashes outside the event loop, a few at a time. To be called before a unit of work opens: a
 * transaction must not wait for 20 ms of somebody's arithmetic.
 */
@Injectable()
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @throws DomainError unavailable, when too many wait already; invalid, for a password that is too long */
  async hash(password: string): Promise<HashedPassword> {
    if (Buffer.byteLength(password) > passwordBytesMax) {
      const message = `[password] may have ${passwordBytesMax} bytes at most.`;
      throw DomainError.invalid({ field: 'password', rule: 'tooLong', message });
    }
    await this.enter();
    try {
      // The library's own choice is argon2id with the cost that OWASP recommends.
      return { scheme: 'argon2id', hash: await hash(password) };
    } finally {
      this.leave();
    }
  }

  /**
   * Hashes many, only so many at once as are hashed anyway: they never fill the line that others wait in. A password that
   * is refused has its refusal in its place.
   * @throws DomainError unavailable
   */
  async hashEach(passwords: readonly string[]): Promise<readonly (HashedPassword | DomainError)[]> {
    const outcomes: (HashedPassword | DomainError)[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < passwords.length; index = next++) {
        try {
          outcomes[index] = await this.hash(passwords[index] ?? '');
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

  private async enter(): Promise<void> {
    if (this.running < hashesAtOnce) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= hashesWaitingMax) {
      throw new DomainError(
        'unavailable',
        'Too many passwords are being set. Try again in a moment.',
      );
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Hands the place on to the next in line, or frees it. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
