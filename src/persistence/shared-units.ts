/** So many at most are done in one unit of work: whoever is first in it waits for the last. */
const togetherMax = 32;

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
  /** Does several in one unit of work, and tells the outcomes in their order. When it throws, nothing was done for any. */
  readonly together: (items: readonly Item[]) => Promise<readonly Outcome<Result>[]>;
  /** Whether the caller is inside a unit of work. */
  readonly isOpen: () => boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly settle: (result: Result) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Changes of one kind, as they come from many requests. One that comes alone is done at once; those that come while it is
 * under way are done together after it, with few statements for all of them. When that fails, each is done by
 * itself: nobody fails of what another asked.
 */
export class SharedUnits<Item, Result> {
  private readonly lines = new Map<string, Waiting<Item, Result>[]>();

  constructor(private readonly ways: Ways<Item, Result>) {}

  /**
   * Does a change, maybe together with others of the same line; inside a unit of work it is a part of that one.
   * @param line what those that are done together have in common
   * @throws what the change by itself throws
   */
  run(line: string, item: Item): Promise<Result> {
    if (this.ways.isOpen()) return this.ways.alone(item);
    return new Promise((settle, refuse) => {
      const one = { item, settle, refuse };
      const waiting = this.lines.get(line);
      if (waiting === undefined) void this.serve(line, one);
      else waiting.push(one);
    });
  }

  private async serve(line: string, first: Waiting<Item, Result>): Promise<void> {
    const waiting: Waiting<Item, Result>[] = [];
    this.lines.set(line, waiting);
    let next = [first];
    while (next.length > 0) {
      const left = next.length === 1 ? next : await this.serveTogether(next);
      await Promise.all(left.map((one) => this.serveAlone(one)));
      next = waiting.splice(0, togetherMax);
    }
    this.lines.delete(line);
  }

  /** @returns those that are to be done by themselves */
  private async serveTogether(
    together: readonly Waiting<Item, Result>[],
  ): Promise<readonly Waiting<Item, Result>[]> {
    let outcomes: readonly Outcome<Result>[];
    try {
      outcomes = await this.ways.together(together.map(({ item }) => item));
    } catch {
      // Each hears of its own failure when it is done by itself.
      return together;
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

  private async serveAlone({ item, settle, refuse }: Waiting<Item, Result>): Promise<void> {
    try {
      settle(await this.ways.alone(item));
    } catch (error) {
      refuse(error);
    }
  }
}

export function done<Result>(result: Result): Outcome<Result> {
  return { kind: 'done', result };
}

export function refused<Result>(error: unknown): Outcome<Result> {
  return { kind: 'refused', error };
}

export const left: Outcome<never> = { kind: 'left' };
