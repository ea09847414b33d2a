import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type TokenEnd, TokenRepository } from './token.repository.js';

/** Long enough for somebody who comes back from leave to see which tokens have ended meanwhile. */
export const endedTokenRetentionMs = 30 * 24 * 60 * 60 * 1000;

/** Nobody waits for it: an hour more or less is nothing beside the retention. */
export const purgeIntervalMs = 60 * 60 * 1000;

/** Small enough that whoever writes on SQLite meanwhile waits for milliseconds. */
export const purgedAtOnceMax = 500;

/** Before every token there is. */
const start: TokenEnd = { ends: 0, jti: '' };

/**
 * Takes away the records of tokens that ended long ago; what was issued stays in the events. It goes by a timer and
 * not with the issuing, so that no client waits for it and an installation that issues nothing is purged too. Every
 * process does it: two at once pass each other's rows by.
 */
@Injectable()
export class TokenPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TokenPurge.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly tokens: TokenRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.begin(), purgeIntervalMs).unref();
  }

  /** The database is closed after this, so the batch that is under way is waited for. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.isStopping = true;
    await this.running;
  }

  /**
   * Goes once through everything that ended longer ago than the retention, batch by batch, each in a unit of work of
   * its own.
   * @returns how many records it deleted
   */
  async purge(): Promise<number> {
    const endedBefore = this.clock.now() - endedTokenRetentionMs;
    let deleted = 0;
    let after: TokenEnd | undefined = start;
    while (after !== undefined && !this.isStopping) {
      const from: TokenEnd = after;
      const batch = await this.unitOfWork.run(() =>
        this.tokens.purge(endedBefore, from, purgedAtOnceMax),
      );
      deleted += batch.deleted;
      after = batch.last;
    }
    return deleted;
  }

  /** A purge that takes longer than the interval is not joined by a second one. */
  private begin(): void {
    this.running ??= this.purge()
      .then(
        (deleted) => this.logger.debug(`${deleted} records of ended tokens were purged.`),
        (error: unknown) => {
          // The next one finds the same rows.
          const reason = error instanceof Error ? error.message : String(error);
          this.logger.warn(`Ended tokens could not be purged: ${reason}`);
        },
      )
      .finally(() => (this.running = undefined));
  }
}
