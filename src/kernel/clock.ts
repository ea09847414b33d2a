/** Where the time comes from: one place, so that a test can set it. */
export class Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number {
    return Date.now();
  }
}
