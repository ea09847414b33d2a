import type { Clock } from '../kernel/clock.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EventRecorder } from './event-recorder.js';
import type { EventDraft } from './event.js';

/** How long another process's change may stay unseen here; this one's own changes are seen at once. */
const lifetimeMs = 1_000;

interface Entry<Value> {
  readonly value: Value;
  /** By the clock that nobody sets: a clock set back would keep what another process has changed. */
  readonly keptUntil: number;
  /** When the value ends by itself, by the wall clock. */
  readonly ends: number;
}

/**
 * What was read in the last second, or is being read: of many who ask at once, one reads for all. All of it is dropped
 * when something that it rests on changes in this process; what was being read while that happened is not kept. Inside a
 * transaction everything is read anew: what it has not committed is nothing to remember.
 */
export class Remembered<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly underWay = new Map<string, Promise<Value | undefined>>();
  private generation = 0;

  /**
   * @param rests whether the values rest on what an event changed
   * @param entriesMax beyond it everything is forgotten: what is asked for again is soon back
   */
  constructor(
    private readonly clock: Clock,
    events: EventRecorder,
    private readonly unitOfWork: Pick<UnitOfWork, 'isOpen'>,
    rests: (event: EventDraft) => boolean,
    private readonly entriesMax: number,
  ) {
    events.onCommitted((event) => {
      if (rests(event)) this.drop();
    });
  }

  /**
   * The value of that key, read if need be.
   * @param read undefined is not remembered, and whoever waited for it reads by itself; nor is a failure, which those
   * who waited for it share
   * @param endOf when a value ends by itself, in milliseconds of the wall clock
   */
  async get<Found extends Value | undefined>(
    key: string,
    read: () => Promise<Found>,
    endOf?: (value: Value) => number,
  ): Promise<Value | Found> {
    if (this.unitOfWork.isOpen) return read();
    const entry = this.entries.get(key);
    if (entry !== undefined && this.isGood(entry)) return entry.value;
    const reading = this.underWay.get(key);
    if (reading !== undefined) {
      const shared = await reading;
      if (shared !== undefined) return shared;
    }
    return this.readAndKeep(key, read, endOf);
  }

  private async readAndKeep<Found extends Value | undefined>(
    key: string,
    read: () => Promise<Found>,
    endOf: ((value: Value) => number) | undefined,
  ): Promise<Found> {
    const begun = this.generation;
    // What another process changes while this reads may be missing in it.
    const keptUntil = this.clock.elapsed() + lifetimeMs;
    const reading = read();
    this.underWay.set(key, reading);
    try {
      const value = await reading;
      if (value !== undefined && begun === this.generation)
        this.put(key, { value, keptUntil, ends: endOf?.(value) ?? Infinity });
      return value;
    } finally {
      if (this.underWay.get(key) === reading) this.underWay.delete(key);
    }
  }

  private isGood({ keptUntil, ends }: Entry<Value>): boolean {
    return keptUntil > this.clock.elapsed() && ends > this.clock.now();
  }

  private put(key: string, entry: Entry<Value>): void {
    if (this.entries.size >= this.entriesMax) this.entries.clear();
    this.entries.set(key, entry);
  }

  private drop(): void {
    this.generation += 1;
    this.entries.clear();
    this.underWay.clear();
  }
}
