import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { type IpAddress, networkOf } from '../kernel/ip-address.js';
import { AgingTable } from './aging-table.js';

/** Wrong secrets of one client id from one address within the window; with the last of them the pauses begin. */
export const failuresMax = 20;

const windowMs = 60_000;

/** Doubled by each further failure. */
const firstPauseMs = 1_000;
export const pauseMsMax = 60_000;

/** How long a pause is remembered: until a minute has passed after the longest. */
const pauseLifetimeMs = pauseMsMax + windowMs;

/**
 * Bound of each of the two tables. Whoever wants their own count to give way has to put half as many others: as many
 * failures to be rid of fewer than 20, and 20 times as many to be rid of a pause.
 */
export const pairsMax = 50_000;

/** Who tries to be whom. */
export interface SecretAttempt {
  /** The client id as it was sent, in each way to read it, known or not. */
  readonly clientIds: readonly string[];
  readonly address: IpAddress | undefined;
}

interface Pause {
  readonly lengthMs: number;
  readonly ends: number;
}

/**
 * Slows down who guesses client secrets: after too many failures in a minute, one client id from one address has to wait,
 * longer with each further failure. From elsewhere the same client is served, so that a stranger locks nobody out. It
 * counts what was sent and asks nobody whether there is such a client. Each process has counts of its own.
 */
@Injectable()
export class SecretThrottle {
  /** When the failures of the last minute were, by pair. */
  private readonly failures = new AgingTable<readonly number[]>(windowMs, pairsMax);
  private readonly pauses = new AgingTable<Pause>(pauseLifetimeMs, pairsMax);

  constructor(private readonly clock: Clock) {}

  /** How long the attempt has to wait; 0 when it may be made. */
  waitMsOf(attempt: SecretAttempt): number {
    // Nearly always: nobody has failed that much, and a digest would cost more than the answer.
    if (this.pauses.size === 0) return 0;
    const now = this.clock.elapsed();
    const ends = pairsOf(attempt).map((pair) => this.pauses.get(pair)?.ends ?? now);
    return Math.max(0, ...ends.map((end) => end - now));
  }

  /** Counts a wrong secret. What is refused for the wait is no failure: nothing was tried. */
  recordFailure(attempt: SecretAttempt): void {
    const now = this.clock.elapsed();
    for (const pair of pairsOf(attempt)) this.recordFailureOf(pair, now);
  }

  private recordFailureOf(pair: string, now: number): void {
    const pause = this.pauses.get(pair);
    if (pause !== undefined && !isForgotten(pause, now)) {
      this.pause(pair, Math.min(2 * pause.lengthMs, pauseMsMax), now);
      return;
    }
    this.pauses.delete(pair);
    const recent = (this.failures.get(pair) ?? []).filter((time) => time > now - windowMs);
    if (recent.length + 1 < failuresMax) {
      this.failures.put(pair, [...recent, now], now);
      return;
    }
    this.failures.delete(pair);
    this.pause(pair, firstPauseMs, now);
  }

  private pause(pair: string, lengthMs: number, now: number): void {
    this.pauses.put(pair, { lengthMs, ends: now + lengthMs }, now);
  }
}

/** A minute without a failure after a pause, and counting begins anew. */
function isForgotten(pause: Pause, now: number): boolean {
  return pause.ends + windowMs <= now;
}

/** Digests, because a client id may be as long as a form. */
function pairsOf({ clientIds, address }: SecretAttempt): string[] {
  const network = address === undefined ? 'unknown' : networkOf(address);
  return clientIds.map((clientId) => hash('sha256', `${network} ${clientId}`, 'base64'));
}
