import { DomainError } from '../kernel/domain-error.js';

/**
 * How long one may wait in a line while others are served. A thousand requests at once have their turn by then, also on
 * a slow machine, and the clients we know have not given up yet.
 */
export const busyWaitMs = 30_000;

interface Waiting<Thing> {
  readonly take: (thing: Thing) => void;
  readonly refuse: (error: DomainError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lends a few things, each to one borrower at a time, in the order in which they were asked for. Nobody waits
 * longer than the limit: an overloaded server says so, it does not pile up requests.
 */
export class WaitingLine<Thing> {
  private readonly free: Thing[];
  private readonly waiting = new Set<Waiting<Thing>>();
  private isClosed = false;

  constructor(
    private readonly things: readonly Thing[],
    private readonly waitLimitMs: number,
  ) {
    this.free = [...things];
  }

  /** Whether somebody waits for their turn. */
  get isWanted(): boolean {
    return !this.isClosed && this.waiting.size > 0;
  }

  /** @throws DomainError unavailable, when the wait was too long or the line is closed */
  borrow(): Promise<Thing> {
    if (this.isClosed) return Promise.reject(closing());
    const thing = this.free.shift();
    return thing === undefined ? this.wait() : Promise.resolve(thing);
  }

  giveBack(thing: Thing): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free.push(thing);
      return;
    }
    this.leave(next);
    next.take(thing);
  }

  /** Runs the work with a borrowed thing. */
  async lend<Result>(work: (thing: Thing) => Promise<Result>): Promise<Result> {
    const thing = await this.borrow();
    try {
      return await work(thing);
    } finally {
      this.giveBack(thing);
    }
  }

  /** Tells everybody who waits that it is in vain; who comes later may wait again. */
  refuseAll(error: DomainError): void {
    for (const one of this.waiting) {
      this.leave(one);
      one.refuse(error);
    }
  }

  /** Refuses those who wait and those who come, and resolves when all is given back, or when the limit has passed. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.refuseAll(closing());
    const stillLent = this.things.length - this.free.length;
    this.free.length = 0;
    const given = Array.from({ length: stillLent }, () => this.wait());
    await Promise.allSettled(given);
  }

  private wait(): Promise<Thing> {
    return new Promise((take, refuse) => {
      const timer = setTimeout(() => {
        this.waiting.delete(one);
        refuse(new DomainError('unavailable', 'The database is busy. Try again in a moment.'));
      }, this.waitLimitMs);
      const one: Waiting<Thing> = { take, refuse, timer };
      this.waiting.add(one);
    });
  }

  private leave(one: Waiting<Thing>): void {
    clearTimeout(one.timer);
    this.waiting.delete(one);
  }
}

function closing(): DomainError {
  return new DomainError('unavailable', 'The server is stopping. Try again in a moment.');
}
