import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabasePresence } from './database-presence.js';

describe('DatabasePresence', () => {
  let presence: DatabasePresence;
  let gone: number;
  beforeEach(() => {
    jest.useFakeTimers();
    presence = new DatabasePresence();
    gone = 0;
    presence.onGone(() => (gone += 1));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function ask(limitMs = 1_000) {
    const giveUp = jest.fn();
    return { giveUp, ...presence.ask(limitMs, giveUp) };
  }

  it('gives up on what has no answer, and finds the database gone', () => {
    const { giveUp } = ask();

    jest.advanceTimersByTime(1_000);
    expect([giveUp.mock.calls.length, gone]).toEqual([0, 0]);
    jest.advanceTimersByTime(100);
    expect([giveUp.mock.calls.length, gone]).toEqual([1, 1]);

    jest.advanceTimersByTime(60_000);
    expect([giveUp.mock.calls.length, gone]).toEqual([1, 1]);
  });

  it('leaves in peace what was answered in time', () => {
    const { giveUp, answered } = ask();

    jest.advanceTimersByTime(900);
    answered();
    jest.advanceTimersByTime(60_000);

    expect([giveUp.mock.calls.length, gone]).toEqual([0, 0]);
  });

  it('counts steps of a process that is late as one each, not by the clock', () => {
    const { giveUp } = ask();

    jest.advanceTimersByTime(100);
    jest.setSystemTime(Date.now() + 60_000);
    jest.advanceTimersByTime(900);

    expect(giveUp).not.toHaveBeenCalled();
  });

  it('takes one broken connection for no more than that while others are answered', () => {
    const { giveUp } = ask();
    const other = ask();

    jest.advanceTimersByTime(500);
    other.answered();
    jest.advanceTimersByTime(600);

    expect([giveUp.mock.calls.length, gone]).toEqual([1, 0]);
  });

  it('finds the database gone at once when the way to it is refused', () => {
    ask().failed(new Error('refused'));

    expect(gone).toBe(1);
  });

  it('tells the failure of what it gave up on once only', () => {
    const { failed } = ask();

    jest.advanceTimersByTime(2_000);
    failed(new Error('Connection terminated'));

    expect(gone).toBe(1);
  });

  it('tells nobody who has stopped listening, and rests when nothing is asked', () => {
    let told = 0;
    const stop = presence.onGone(() => (told += 1));
    stop();
    ask().failed(new Error('refused'));
    jest.advanceTimersByTime(200);

    expect(told).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
