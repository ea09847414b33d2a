/** A step back of the system's clock up to this size is waited out; a larger one corrects a clock that was wrong. */
const stepBackMs = 60_000;

/** Where the time comes from: one place, so that a test can set it. */
export class Clock {
  private latest = -Infinity;

  /**
   * Milliseconds since the epoch, UTC: for what is stored, signed or compared with that. When the system's clock is set
   * back a little, as a time service does, this one stands still until it has caught up, so that what has expired stays
   * expired. Other servers accept a clock that is as much ahead.
   */
  now(): number {
    const now = Date.now();
    if (now > this.latest || this.latest - now > stepBackMs) this.latest = now;
    return this.latest;
  }

  /**
   * Milliseconds since some moment in the past: for how long something takes or may be kept. Nobody can set this one
   * forward or back.
   */
  elapsed(): number {
    return performance.now();
  }
}
