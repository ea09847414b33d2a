import type { Clock } from '../kernel/clock.js';
import { isAway } from './database-error.js';

/** A database that is away is asked again at most this often by who can go on without it. */
const retryPauseMs = 1_000;

/**
 * What was read last, for readers that can go on with it while the database is away: published documents, never what a
 * credential may do. While the database answers, everything is read anew.
 */
export class LastKnown<Value> {
  private readonly entries = new Map<string, Value>();
  private generation = 0;
  private awayUntil = -Infinity;

  /** @param entriesMax beyond it the entry that was longest unread makes room */
  constructor(
    private readonly clock: Clock,
    private readonly entriesMax: number,
  ) {}

  /** @throws what the read throws, unless the database is away and the value was read before */
  async get(key: string, read: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const last = this.entries.get(key);
    if (last !== undefined && this.clock.elapsed() < this.awayUntil) return last;
    const begun = this.generation;
    try {
      const value = await read();
      if (begun === this.generation) this.keep(key, value);
      return value;
    } catch (error) {
      const known = this.entries.get(key);
      if (known === undefined || !isAway(error)) throw error;
      this.awayUntil = this.clock.elapsed() + retryPauseMs;
      return known;
    }
  }

  /** Forgets everything; what is being read meanwhile is not kept. */
  forgetAll(): void {
    this.generation += 1;
    this.entries.clear();
  }

  private keep(key: string, value: Value | undefined): void {
    this.entries.delete(key);
    if (value === undefined) return;
    this.entries.set(key, value);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.entriesMax && oldest !== undefined) this.entries.delete(oldest);
  }
}
