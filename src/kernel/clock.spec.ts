import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from './clock.js';

describe('the clock', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const start = 1_764_000_000_000;

  /** What the clock says while the system's says this. */
  function read(times: readonly number[]): number[] {
    const clock = new Clock();
    const system = jest.spyOn(Date, 'now');
    return times.map((time) => {
      system.mockReturnValue(start + time);
      return clock.now() - start;
    });
  }

  it('SEC D7 stands still while the system clock catches up after a small step back', () => {
    expect(read([0, 10_000, 8_000, 9_999, 10_001])).toEqual([0, 10_000, 10_000, 10_000, 10_001]);
  });

  it('SEC D7 does not run away over a hundred steps of two seconds there and back', () => {
    const times = Array.from({ length: 100 }, (_, n) => n + (n % 2 === 0 ? 0 : 2_000));
    const told = read(times);

    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(Math.max(...told)).toBe(Math.max(...times));
  });

  it('SEC D7 follows a large step back, which corrects a clock that was wrong', () => {
    expect(read([86_400_000, 0, 1])).toEqual([86_400_000, 0, 1]);
  });

  it('FIND R-8 measures what elapses by a clock that nobody sets', () => {
    const clock = new Clock();
    const before = clock.elapsed();
    jest.spyOn(Date, 'now').mockReturnValue(0);

    expect(clock.elapsed()).toBeGreaterThanOrEqual(before);
  });
});
