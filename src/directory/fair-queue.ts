/** How much runs and waits. */
export interface FairQueueLimits {
  readonly runningMax: number;
  readonly waitingMax: number;
  /** Of one owner. */
  readonly waitingOfOneMax: number;
}

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

/** What one owner has running and waiting. */
interface Lane {
  running: number;
  readonly waiting: Waiting[];
}

/**
 * A bounded queue that is fair between owners (fair queueing): a free place goes to the owner with the fewest, by turns,
 * however much the others have waiting. When the queue is full, it is the owner with the longest line who is refused
 * (longest queue drop), and never one who has less than that.
 */
export class FairQueue {
  /** Owners with anything running or waiting; who was served last stands last. */
  private readonly lanes = new Map<string, Lane>();
  private running = 0;
  private waiting = 0;

  /** @param refusal the error for who is refused */
  constructor(
    private readonly limits: FairQueueLimits,
    private readonly refusal: () => Error,
  ) {}

  /**
   * Runs the work when its turn has come.
   * @throws the refusal; whatever the work throws
   */
  async run<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    await this.enter(owner);
    try {
      return await work();
    } finally {
      this.leave(owner);
    }
  }

  private async enter(owner: string): Promise<void> {
    const lane = this.lanes.get(owner) ?? { running: 0, waiting: [] };
    if (this.running < this.limits.runningMax) {
      this.start(owner, lane);
      return;
    }
    if (!this.hasRoomFor(lane)) throw this.refusal();
    this.lanes.set(owner, lane);
    this.waiting += 1;
    await new Promise<void>((resolve, reject) => {
      lane.waiting.push({ start: resolve, refuse: () => reject(this.refusal()) });
    });
  }

  private leave(owner: string): void {
    this.running -= 1;
    const lane = this.lanes.get(owner);
    if (lane !== undefined) lane.running -= 1;
    this.startNext();
    if (lane?.running === 0 && lane.waiting.length === 0) this.lanes.delete(owner);
  }

  private startNext(): void {
    let next: [owner: string, lane: Lane] | undefined;
    for (const [owner, lane] of this.lanes) {
      if (lane.waiting.length === 0) continue;
      if (next === undefined || lane.running < next[1].running) next = [owner, lane];
    }
    if (next === undefined) return;
    const [owner, lane] = next;
    const first = lane.waiting.shift();
    this.waiting -= 1;
    this.start(owner, lane);
    first?.start();
  }

  private start(owner: string, lane: Lane): void {
    lane.running += 1;
    this.running += 1;
    this.lanes.delete(owner);
    this.lanes.set(owner, lane);
  }

  /** Makes room, if need be, at the cost of the longest line: its last comer goes. */
  private hasRoomFor(lane: Lane): boolean {
    if (lane.waiting.length >= this.limits.waitingOfOneMax) return false;
    if (this.waiting < this.limits.waitingMax) return true;
    const longest = this.findLongest();
    // With one more than this the two lines would only change places.
    if (longest === undefined || longest.waiting.length < lane.waiting.length + 2) return false;
    const last = longest.waiting.pop();
    this.waiting -= 1;
    last?.refuse();
    return true;
  }

  private findLongest(): Lane | undefined {
    let longest: Lane | undefined;
    for (const lane of this.lanes.values())
      if (lane.waiting.length > (longest?.waiting.length ?? 0)) longest = lane;
    return longest;
  }
}
