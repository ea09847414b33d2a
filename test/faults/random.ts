/** Numbers that look random and come again with their seed (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** So many of the items, or all of them, in their order. */
  some<Item>(items: readonly Item[], many: number): Item[] {
    const rest = [...items];
    while (rest.length > many) rest.splice(this.below(rest.length), 1);
    return rest;
  }

  /** Another source, whose numbers do not depend on how many are taken from this one. */
  fork(): Random {
    return new Random(this.below(2 ** 32));
  }
}
