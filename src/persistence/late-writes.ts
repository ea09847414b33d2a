import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** A work, as far as it puts writes off to its end. */
class Stretch {
  readonly writers = new Set<{
    write(stretch: Stretch): Promise<void>;
    move(stretch: Stretch, outer: Stretch): void;
  }>();
}

/** Writes many items of one kind in one go. */
export class LateWriter<Item> {
  private readonly waiting = new WeakMap<Stretch, Item[]>();

  constructor(private readonly writeAll: (items: readonly Item[]) => Promise<void>) {}

  add(stretch: Stretch, items: readonly Item[]): void {
    const waiting = this.waiting.get(stretch) ?? [];
    waiting.push(...items);
    this.waiting.set(stretch, waiting);
    stretch.writers.add(this);
  }

  async write(stretch: Stretch): Promise<void> {
    await this.writeAll(this.waiting.get(stretch) ?? []);
  }

  move(stretch: Stretch, outer: Stretch): void {
    this.add(outer, this.waiting.get(stretch) ?? []);
  }

  writeNow(items: readonly Item[]): Promise<void> {
    return this.writeAll(items);
  }
}

/**
 * Writes that a work puts off to its end, where each kind is made in one go: a thousand single ones would cost a
 * thousand statements, and a row that all of them change would be kept from everybody until the commit. Only for what
 * nobody reads before that end.
 */
@Injectable()
export class LateWrites {
  private readonly stretches = new AsyncLocalStorage<Stretch>();

  /**
   * Runs a part of a unit of work, then writes what it put off. Inside another such part, that one's end is the end; of
   * a part that fails, nothing is written.
   */
  async together<Result>(work: () => Promise<Result>): Promise<Result> {
    const outer = this.stretches.getStore();
    const stretch = new Stretch();
    const result = await this.stretches.run(stretch, work);
    for (const writer of stretch.writers) {
      if (outer === undefined) await writer.write(stretch);
      else writer.move(stretch, outer);
    }
    return result;
  }

  /** Writes the items at the end of the part that is under way; at once, if there is none. */
  async write<Item>(writer: LateWriter<Item>, items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    const stretch = this.stretches.getStore();
    if (stretch === undefined) await writer.writeNow(items);
    else writer.add(stretch, items);
  }
}
