import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../kernel/clock.js';
import { EventRecorder } from './event-recorder.js';
import type { EventDraft } from './event.js';
import { Remembered } from './remembered.js';

class HandClock extends Clock {
  time = 1_000_000;
  private gone = 0;

  override now(): number {
    return this.time;
  }

  override elapsed(): number {
    return this.gone;
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    this.gone += milliseconds;
  }
}

/** Tells its listeners what a test says, as the real one does after a commit. */
class Teller extends EventRecorder {
  private readonly told: ((event: EventDraft) => void)[] = [];

  override onCommitted(listener: (event: EventDraft) => void): void {
    this.told.push(listener);
  }

  tell(objectType: EventDraft['objectType']): void {
    for (const listener of this.told)
      listener({ type: `${objectType}.update`, objectType, objectId: '1' });
  }
}

describe('what is remembered', () => {
  let clock: HandClock;
  let events: Teller;
  let remembered: Remembered<string>;
  let transaction: { isOpen: boolean };
  let reads: number;
  const read = () => {
    reads += 1;
    return Promise.resolve(`value ${reads}`);
  };
  beforeEach(() => {
    clock = new HandClock();
    events = Object.create(Teller.prototype, { told: { value: [] } });
    transaction = { isOpen: false };
    const isGround = ({ objectType }: EventDraft) => objectType === 'entity';
    remembered = new Remembered(clock, events, transaction, isGround, 2);
    reads = 0;
  });

  it('is read once in a second', async () => {
    expect([await remembered.get('a', read), await remembered.get('a', read)]).toEqual([
      'value 1',
      'value 1',
    ]);
    clock.pass(1_000);
    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('ends earlier where the value does', async () => {
    await remembered.get('a', read, () => clock.time + 10);
    clock.pass(10);

    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('FIND R-8 is kept for a second and no longer when the clock is set back', async () => {
    await remembered.get('a', read);
    clock.time -= 30_000;
    clock.pass(999);
    expect(await remembered.get('a', read)).toBe('value 1');
    clock.pass(1);

    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('SEC D7 is not forgotten when the clock is set forward, unless the value has ended', async () => {
    await remembered.get('a', read);
    await remembered.get('b', read, () => clock.time + 60_000);
    clock.time += 300_000;

    expect(await remembered.get('a', read)).toBe('value 1');
    expect(await remembered.get('b', read)).toBe('value 3');
  });

  it('is kept for a second from when its reading began', async () => {
    await remembered.get('a', () => {
      clock.pass(600);
      return read();
    });
    clock.pass(400);

    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('is dropped by a change of what it rests on, and by no other', async () => {
    await remembered.get('a', read);
    events.tell('user');
    expect(await remembered.get('a', read)).toBe('value 1');
    events.tell('entity');

    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('does not keep what was being read while a change was committed', async () => {
    await remembered.get('a', () => {
      events.tell('entity');
      return read();
    });

    expect(await remembered.get('a', read)).toBe('value 2');
  });

  it('is read once for all who ask at once', async () => {
    const answers = await Promise.all(['a', 'a', 'b', 'a'].map((key) => remembered.get(key, read)));

    expect(answers).toEqual(['value 1', 'value 1', 'value 2', 'value 1']);
  });

  it('is read anew for who asks after a change, while those before it are still reading', async () => {
    let finish: (value: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => (finish = resolve));
    const before = [remembered.get('a', () => slow), remembered.get('a', read)];
    events.tell('entity');
    expect(await remembered.get('a', read)).toBe('value 1');
    finish('old');

    expect(await Promise.all(before)).toEqual(['old', 'old']);
    expect(await remembered.get('a', read)).toBe('value 1');
  });

  it('is read by each who waited for a reading that found nothing', async () => {
    const nothing = () => Promise.resolve(undefined);
    const answers = [nothing, read, read].map((each) => remembered.get('a', each));

    expect(await Promise.all(answers)).toEqual([undefined, 'value 1', 'value 2']);
  });

  it('fails for all who waited for a reading that failed, and for nobody after them', async () => {
    const failing = () => Promise.reject<string>(new Error('no'));
    const answers = [failing, read].map((each) => remembered.get('a', each));

    for (const answer of answers) await expect(answer).rejects.toThrow('no');
    expect(await remembered.get('a', read)).toBe('value 1');
  });

  it('keeps neither a failure nor what is not there', async () => {
    await expect(remembered.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await remembered.get('a', () => Promise.resolve(undefined))).toBeUndefined();

    expect(await remembered.get('a', read)).toBe('value 1');
  });

  it('is neither used nor filled inside a transaction', async () => {
    await remembered.get('a', read);
    transaction.isOpen = true;
    expect(await remembered.get('a', read)).toBe('value 2');
    expect(await remembered.get('b', read)).toBe('value 3');
    transaction.isOpen = false;

    expect(await remembered.get('a', read)).toBe('value 1');
    expect(await remembered.get('b', read)).toBe('value 4');
  });

  it('holds no more than it may', async () => {
    for (const key of ['a', 'b', 'c']) await remembered.get(key, read);

    expect(await remembered.get('a', read)).toBe('value 4');
  });
});
