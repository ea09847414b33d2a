/**
 * How many held requests start in one turn of the event loop, all connections together. Clients that wait for their
 * answers come first: their requests start as they arrive.
 */
export const heldStartsPerTurnMax = 8;

/** The requests that pipelining clients sent ahead. They start in the order in which their connections became free. */
export class HeldRequests {
  private readonly starts: (() => void)[] = [];
  private isScheduled = false;

  /** @param start runs in a later turn of the event loop; it finds out by itself whether its client is still there */
  add(start: () => void): void {
    this.starts.push(start);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      for (const start of this.starts.splice(0, heldStartsPerTurnMax)) start();
      if (this.starts.length > 0) this.schedule();
    });
  }
}
