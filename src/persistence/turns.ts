import type { DomainError } from '../kernel/domain-error.js';
import { WaitingLine } from './waiting-line.js';

const turn = 'a turn';

interface Queue {
  readonly line: WaitingLine<typeof turn>;
  /** How many have a turn or wait for one: with the last of them the queue goes. */
  people: number;
}

/** One queue for each name: work of one name is done one at a time in this process, in the order of asking. */
export class Turns {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly waitLimitMs: number) {}

  /**
   * Does the work when its turn has come, and passes the turn on when the work has ended, however it did.
   * @throws DomainError unavailable, when the wait was too long or `refuseAll` ended it; whatever the work throws
   */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.queues.get(name) ?? this.open(name);
    queue.people += 1;
    try {
      return await queue.line.lend(work);
    } finally {
      queue.people -= 1;
      if (queue.people === 0) this.queues.delete(name);
    }
  }

  /** Refuses everybody who waits; whose turn it is goes on. */
  refuseAll(error: DomainError): void {
    for (const { line } of this.queues.values()) line.refuseAll(error);
  }

  private open(name: string): Queue {
    const queue = { line: new WaitingLine<typeof turn>([turn], this.waitLimitMs), people: 0 };
    this.queues.set(name, queue);
    return queue;
  }
}
