import { DomainError } from '../kernel/domain-error.js';
import { isAway } from './database-error.js';
import { busyWaitMs } from './waiting-line.js';

/** So many at most are done in one unit of work: whoever is first in it waits for the last. */
const togetherMax = 32;

/** What is under way for longer, be it for a row that somebody holds, does not keep those behind it waiting. */
const patienceMs = 50;

/** How a change ended that was to be done together with others. */
export type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** It failed for a reason of its own, before anything was written for it. */
  | { readonly kind: 'refused'; readonly error: unknown }
  /** Nothing was done for it: it has to be done by itself. */
  | { readonly kind: 'left' };

/** How changes of one kind are done. */
export interface Ways<Item, Result> {
  /** Does one, in a unit of work of its own or in the one that is open. */
  readonly alone: (item: Item) => Promise<Result>;
  /** Does several in one unit of work, all or none, and tells the outcomes in their order. */
  readonly together: (items: readonly Item[]) => Promise<readonly Outcome<Result>[]>;
  /** Whether the caller is inside a unit of work. */
  readonly isOpen: () => boolean;
}

/** A change that was asked for. */
interface One<Item, Result> {
  readonly item: Item;
  readonly settle: (result: Result) => void;
  readonly refuse: (error: unknown) => void;
  /** While it waits. */
  timer?: NodeJS.Timeout;
}

/** Those who wait, in the order in which they came. */
type Line<Item, Result> = Set<One<Item, Result>>;

/**
 * Changes of one kind, as they come from many requests. One that comes alone is done at once; those that come while it is
 * under way are done together after it. When that fails for one of them, nothing of it is kept and each is done by
 * itself: nobody fails of what another asked. When the database is away, all who wait are told at once, since what
 * became of the unit is not known and each would have to wait for the same.
 */
export class SharedUnits<Item, Result> {
  private readonly lines = new Map<string, Line<Item, Result>>();

  /** @param waitLimitMs how long one may wait while others are served */
  constructor(
    private readonly ways: Ways<Item, Result>,
    private readonly waitLimitMs: number = busyWaitMs,
  ) {}

  /**
   * Does a change, maybe together with others of the same line; inside a unit of work it is a part of that one.
   * @param line what those that are done together have in common
   * @throws DomainError unavailable, when the wait was too long; else what the change by itself throws
   */
  run(line: string, item: Item): Promise<Result> {
    if (this.ways.isOpen()) return this.ways.alone(item);
    return new Promise((settle, refuse) => {
      const one = { item, settle, refuse };
      const waiting = this.lines.get(line);
      if (waiting === undefined) void this.serve(line, one);
      else this.wait(waiting, one);
    });
  }

  private wait(waiting: Line<Item, Result>, one: One<Item, Result>): void {
    waiting.add(one);
    one.timer = setTimeout(() => {
      waiting.delete(one);
      one.refuse(new DomainError('unavailable', 'The server is busy. Try again in a moment.'));
    }, this.waitLimitMs);
  }

  private async serve(line: string, first: One<Item, Result>): Promise<void> {
    const waiting = new Set<One<Item, Result>>();
    this.lines.set(line, waiting);
    let next = [first];
    while (next.length > 0) {
      await atMost(patienceMs, this.serveSome(next, waiting));
      next = take(waiting, togetherMax);
    }
    this.lines.delete(line);
  }

  private async serveSome(some: readonly One<Item, Result>[], waiting: Line<Item, Result>) {
    const left = some.length === 1 ? some : await this.serveTogether(some, waiting);
    await Promise.all(left.map((one) => this.serveAlone(one, waiting)));
  }

  /** @returns those that are to be done by themselves */
  private async serveTogether(
    together: readonly One<Item, Result>[],
    waiting: Line<Item, Result>,
  ): Promise<readonly One<Item, Result>[]> {
    let outcomes: readonly Outcome<Result>[];
    try {
      outcomes = await this.ways.together(together.map(({ item }) => item));
    } catch (error) {
      // Each hears of its own failure when it is done by itself.
      if (!isAway(error)) return together;
      for (const { refuse } of [...together, ...take(waiting, Infinity)]) refuse(error);
      return [];
    }
    return together.filter(({ settle, refuse }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined)
        refuse(new Error('a change was forgotten by those it was done with'));
      else if (outcome.kind === 'done') settle(outcome.result);
      else if (outcome.kind === 'refused') refuse(outcome.error);
      return outcome?.kind === 'left';
    });
  }

  private async serveAlone(
    { item, settle, refuse }: One<Item, Result>,
    waiting: Line<Item, Result>,
  ): Promise<void> {
    try {
      settle(await this.ways.alone(item));
    } catch (error) {
      refuse(error);
      if (isAway(error)) for (const one of take(waiting, Infinity)) one.refuse(error);
    }
  }
}

function take<Item, Result>(waiting: Line<Item, Result>, most: number): One<Item, Result>[] {
  const taken = [...waiting].slice(0, most);
  for (const one of taken) {
    clearTimeout(one.timer);
    waiting.delete(one);
  }
  return taken;
}

/** Resolves with the work, or when the time is over. */
function atMost(limitMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export function done<Result>(result: Result): Outcome<Result> {
  return { kind: 'done', result };
}

export function refused<Result>(error: unknown): Outcome<Result> {
  return { kind: 'refused', error };
}

export const left: Outcome<never> = { kind: 'left' };
