/**
 * A bounded table whose entries live for a while after they were last put: two generations, of which the old one goes
 * when the young one is full or has had its time. No entry is looked for to be thrown out, so that a flood of new ones
 * costs no more than a few.
 */
export class AgingTable<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private begun = -Infinity;

  /**
   * @param lifetimeMs how long an entry stays at least, unless newer ones need its place; twice that at most, while
   * others are put
   * @param entriesMax an entry goes when at least half as many newer ones have been put
   */
  constructor(
    private readonly lifetimeMs: number,
    private readonly entriesMax: number,
  ) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  put(key: string, value: Value, now: number): void {
    this.age(now);
    this.old.delete(key);
    this.young.set(key, value);
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  private age(now: number): void {
    const isOver = now - this.begun >= this.lifetimeMs;
    if (!isOver && this.young.size < this.entriesMax / 2) return;
    // After two lifetimes without a put the young ones have had theirs too.
    this.old = now - this.begun >= 2 * this.lifetimeMs ? new Map() : this.young;
    this.young = new Map();
    this.begun = now;
  }
}
