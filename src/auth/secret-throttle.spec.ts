import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../kernel/clock.js';
import { parseIpAddress } from '../kernel/ip-address.js';
import {
  failuresMax,
  pairsMax,
  pauseMsMax,
  type SecretAttempt,
  SecretThrottle,
} from './secret-throttle.js';

class StoppedClock extends Clock {
  time = 5_000;
  wallTime = 0;

  override now(): number {
    return this.wallTime;
  }

  override elapsed(): number {
    return this.time;
  }
}

function attempt(clientId: string, address = '192.0.2.1'): SecretAttempt {
  return { clientIds: [clientId], address: parseIpAddress(address) };
}

describe('SecretThrottle', () => {
  let clock: StoppedClock;
  let throttle: SecretThrottle;
  const ours = attempt('ours');
  const fail = (times: number, who = ours) => {
    for (let time = 0; time < times; time += 1) throttle.recordFailure(who);
  };
  /** Waits until the attempt may be made, and fails it. */
  const failAgain = (who = ours) => {
    clock.time += throttle.waitMsOf(who);
    throttle.recordFailure(who);
  };

  beforeEach(() => {
    clock = new StoppedClock();
    throttle = new SecretThrottle(clock);
  });

  it('SEC T15 lets 20 failures in a minute pass, and slows what comes after them', () => {
    fail(failuresMax - 1);
    expect(throttle.waitMsOf(ours)).toBe(0);

    fail(1);

    expect(failuresMax).toBe(20);
    expect(throttle.waitMsOf(ours)).toBe(1_000);
  });

  it('SEC T15 counts any minute, not only one that begins with the first failure', () => {
    fail(10);
    clock.time += 59_000;
    fail(9);
    clock.time += 999;
    expect(throttle.waitMsOf(ours)).toBe(0);

    fail(1);

    expect(throttle.waitMsOf(ours)).toBe(1_000);
  });

  it('SEC T15 forgets failures that are a minute old', () => {
    for (let minute = 0; minute < 5; minute += 1) {
      fail(failuresMax - 1);
      clock.time += 60_000;
    }

    expect(throttle.waitMsOf(ours)).toBe(0);
  });

  it('SEC T15 doubles the wait with each further failure, up to a minute', () => {
    fail(failuresMax);
    const waits = Array.from({ length: 9 }, () => {
      const wait = throttle.waitMsOf(ours);
      failAgain();
      return wait / 1_000;
    });

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(pauseMsMax).toBe(60_000);
  });

  it('SEC T15 counts down, and is over when it says so', () => {
    fail(failuresMax);

    clock.time += 400;
    expect(throttle.waitMsOf(ours)).toBe(600);
    clock.time += 600;
    expect(throttle.waitMsOf(ours)).toBe(0);
  });

  it('SEC T15 begins anew after a minute without a failure', () => {
    fail(failuresMax);
    failAgain();
    clock.time += throttle.waitMsOf(ours) + 60_000;

    fail(failuresMax - 1);
    expect(throttle.waitMsOf(ours)).toBe(0);
    fail(1);
    expect(throttle.waitMsOf(ours)).toBe(1_000);
  });

  it('SEC T15 keeps to a clock that nobody sets', () => {
    fail(failuresMax);

    clock.wallTime += 3_600_000;

    expect(throttle.waitMsOf(ours)).toBe(1_000);
  });

  it.each([
    ['another address', attempt('ours', '192.0.2.2')],
    ['another network of IPv6', attempt('ours', '2001:db8:0:2::1')],
    ['another client id', attempt('theirs')],
  ])('SEC T15 slows nobody else: %s', (_who, other) => {
    fail(failuresMax);
    fail(failuresMax, attempt('ours', '2001:db8:0:1::1'));

    expect(throttle.waitMsOf(other)).toBe(0);
  });

  it.each([
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'],
  ])('SEC T15 takes %s and %s for one place', (left, right) => {
    fail(failuresMax / 2, attempt('ours', left));
    fail(failuresMax / 2, attempt('ours', right));

    expect(throttle.waitMsOf(attempt('ours', left))).toBe(1_000);
  });

  it('SEC T15 counts a client id under each of its readings, so that spelling it anew is no way out', () => {
    for (let time = 0; time < failuresMax; time += 1) {
      const spelling = `%6f${'%75'.repeat(time)}`;
      throttle.recordFailure({ ...ours, clientIds: [spelling, 'ours'] });
    }

    expect(throttle.waitMsOf(ours)).toBe(1_000);
    expect(throttle.waitMsOf({ ...ours, clientIds: ['%6furs', 'ours'] })).toBe(1_000);
  });

  it('SEC T15 does not let a flood of other client ids end a wait', () => {
    fail(failuresMax);
    clock.time += 1;

    for (let index = 0; index < 2 * pairsMax; index += 1) fail(1, attempt(`flood ${index}`));

    expect(throttle.waitMsOf(ours)).toBe(999);
  });
});
