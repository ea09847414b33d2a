import { describe, expect, it } from '@jest/globals';
import { done, left, type Outcome, refused, SharedUnits, type Ways } from './shared-units.js';

/** Changes that end when they are told to; what each unit did is kept. */
class Store {
  readonly units: string[][] = [];
  outcomeOf: (item: string) => Outcome<string> = (item) => done(`${item} done`);
  failsTogether = false;
  isOpen = false;
  /** What a unit fails with. */
  unitFailure: (items: readonly string[]) => Error | undefined = () => undefined;
  readonly changes: SharedUnits<string, string>;
  private held: (() => void)[] | undefined;

  constructor({ waitLimitMs }: { readonly waitLimitMs?: number } = {}) {
    this.changes = new SharedUnits<string, string>(this.ways, waitLimitMs);
  }

  private readonly ways: Ways<string, string> = {
    alone: async (item) => {
      await this.unit([item]);
      const outcome = this.outcomeOf(item);
      if (outcome.kind === 'refused') throw outcome.error;
      return `${item} alone`;
    },
    together: async (items) => {
      await this.unit(items);
      if (this.failsTogether) throw new Error('the unit failed');
      return items.map((item) => this.outcomeOf(item));
    },
    isOpen: () => this.isOpen,
  };

  hold(): void {
    this.held = [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const go of held) go();
  }

  /** Changes of which the first is under way while the others come. */
  async afterFirst(items: readonly string[]): Promise<unknown[]> {
    this.hold();
    const first = this.changes.run('line', 'first');
    const others = items.map((item) => this.changes.run('line', item));
    this.release();
    await first;
    const settled = await Promise.allSettled(others);
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason));
  }

  private async unit(items: readonly string[]): Promise<void> {
    this.units.push([...items]);
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    const failure = this.unitFailure(items);
    if (failure) throw failure;
  }
}

/** Waits until so many units have begun. */
async function untilUnits(store: Store, count: number): Promise<void> {
  while (store.units.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('SharedUnits', () => {
  it('does one that comes alone at once', async () => {
    const store = new Store();

    expect(await store.changes.run('line', 'a')).toBe('a alone');
    expect(await store.changes.run('line', 'b')).toBe('b alone');
    expect(store.units).toEqual([['a'], ['b']]);
  });

  it('does those together that come while one is under way', async () => {
    const store = new Store();

    expect(await store.afterFirst(['a', 'b', 'c'])).toEqual(['a done', 'b done', 'c done']);
    expect(store.units).toEqual([['first'], ['a', 'b', 'c']]);
  });

  it('does a single one that waited alone', async () => {
    const store = new Store();

    expect(await store.afterFirst(['a'])).toEqual(['a alone']);
  });

  it('has no more than 32 in one unit', async () => {
    const store = new Store();
    const items = Array.from({ length: 70 }, (_, index) => `item ${index}`);

    expect(await store.afterFirst(items)).toEqual(items.map((item) => `${item} done`));
    expect(store.units.map((unit) => unit.length)).toEqual([1, 32, 32, 6]);
  });

  it('keeps lines apart', async () => {
    const store = new Store();
    store.hold();

    const both = [store.changes.run('one', 'a'), store.changes.run('other', 'b')];
    store.release();

    expect(await Promise.all(both)).toEqual(['a alone', 'b alone']);
  });

  it('tells each its own refusal, and does by itself what was left', async () => {
    const store = new Store();
    const error = new Error('not like that');
    store.outcomeOf = (item) =>
      item === 'bad' ? refused(error) : item === 'odd' ? left : done(`${item} done`);

    expect(await store.afterFirst(['a', 'bad', 'odd'])).toEqual(['a done', error, 'odd alone']);
    expect(store.units).toEqual([['first'], ['a', 'bad', 'odd'], ['odd']]);
  });

  it('does each by itself when the unit fails', async () => {
    const store = new Store();
    const error = new Error('not like that');
    store.failsTogether = true;
    store.outcomeOf = (item) => (item === 'bad' ? refused(error) : done(item));

    expect(await store.afterFirst(['a', 'bad', 'c'])).toEqual(['a alone', error, 'c alone']);
    expect(store.units).toEqual([['first'], ['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  it('goes on after a failure of the first', async () => {
    const store = new Store();
    store.hold();
    store.outcomeOf = () => refused(new Error('no'));
    const first = store.changes.run('line', 'first');
    const second = store.changes.run('line', 'second');
    store.release();

    expect(await Promise.allSettled([first, second])).toMatchObject([
      { reason: { message: 'no' } },
      { reason: { message: 'no' } },
    ]);
    store.outcomeOf = done;
    expect(await store.changes.run('line', 'third')).toBe('third alone');
  });

  it('does not wait long for what is stuck', async () => {
    const store = new Store();
    store.hold();
    const stuck = store.changes.run('line', 'stuck');
    const others = ['a', 'b'].map((item) => store.changes.run('line', item));
    await untilUnits(store, 2);
    const later = ['c', 'd'].map((item) => store.changes.run('line', item));
    await untilUnits(store, 3);

    store.release();
    expect(await Promise.all([stuck, ...others, ...later])).toEqual([
      'stuck alone',
      'a done',
      'b done',
      'c done',
      'd done',
    ]);
    expect(store.units).toEqual([['stuck'], ['a', 'b'], ['c', 'd']]);
  });

  it('does not do again what may have been done when the database went away', async () => {
    const store = new Store();
    const away = Object.assign(new Error('Connection terminated unexpectedly'));
    store.unitFailure = (items) => (items.length > 1 ? away : undefined);

    expect(await store.afterFirst(['a', 'b'])).toEqual([away, away]);
    expect(store.units).toEqual([['first'], ['a', 'b']]);
  });

  it('tells those who wait that the database is away, and tries again with who comes later', async () => {
    const store = new Store();
    const away = Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' });
    store.unitFailure = () => away;
    store.hold();
    const all = ['first', 'a', 'b'].map((item) => store.changes.run('line', item));
    store.release();

    expect(await Promise.allSettled(all)).toEqual(
      all.map(() => ({ status: 'rejected', reason: away })),
    );
    expect(store.units).toEqual([['first']]);
    store.unitFailure = () => undefined;
    expect(await store.changes.run('line', 'later')).toBe('later alone');
  });

  it.each(['57014', '40P01', '40001', '55P03'])(
    'does each by itself when the database undid the unit for others: %s',
    async (code) => {
      const store = new Store();
      const undone = Object.assign(new Error('undone'), { code });
      store.unitFailure = (items) => (items.length > 1 ? undone : undefined);

      expect(await store.afterFirst(['a', 'b'])).toEqual(['a alone', 'b alone']);
    },
  );

  it('refuses who has waited for too long, and does nothing for them', async () => {
    const store = new Store({ waitLimitMs: 10 });
    store.hold();
    const first = store.changes.run('line', 'first');
    const second = store.changes.run('line', 'second');

    await expect(second).rejects.toMatchObject({ code: 'unavailable' });
    store.release();
    expect(await first).toBe('first alone');
    expect(store.units).toEqual([['first']]);
  });

  it('does what is a part of an open unit of work there and then', async () => {
    const store = new Store();
    store.hold();
    const first = store.changes.run('line', 'first');
    store.isOpen = true;

    const inside = store.changes.run('line', 'inside');
    expect(store.units).toEqual([['first'], ['inside']]);
    store.release();
    expect(await Promise.all([first, inside])).toEqual(['first alone', 'inside alone']);
  });
});
