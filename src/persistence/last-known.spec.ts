import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../kernel/clock.js';
import { databaseUnavailable } from './database-error.js';
import { LastKnown } from './last-known.js';

class HandClock extends Clock {
  gone = 0;

  override elapsed(): number {
    return this.gone;
  }
}

describe('what was read last', () => {
  const away = () => Promise.reject<string>(databaseUnavailable(new Error('gone')));
  const read = (value: string) => () => Promise.resolve(value);
  let clock: HandClock;
  let known: LastKnown<string>;
  beforeEach(() => {
    clock = new HandClock();
    known = new LastKnown(clock, 2);
  });

  it('is read anew as long as the database answers', async () => {
    expect(await known.get('a', read('one'))).toBe('one');
    expect(await known.get('a', read('two'))).toBe('two');
  });

  it('is told while the database is away, and what was never read is not', async () => {
    await known.get('a', read('one'));

    expect(await known.get('a', away)).toBe('one');
    await expect(known.get('b', away)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is told without asking for a second after the database was found away', async () => {
    await known.get('a', read('one'));
    await known.get('a', away);
    expect(await known.get('a', read('two'))).toBe('one');
    clock.gone += 1_000;

    expect(await known.get('a', read('two'))).toBe('two');
  });

  it('is no answer to another failure', async () => {
    await known.get('a', read('one'));

    await expect(known.get('a', () => Promise.reject(new Error('defect')))).rejects.toThrow(
      'defect',
    );
  });

  it('is forgotten when it is gone, or when it is told so, also while it is being read', async () => {
    await known.get('a', read('one'));
    await known.get('a', () => Promise.resolve(undefined));
    await expect(known.get('a', away)).rejects.toMatchObject({ code: 'unavailable' });

    await known.get('b', () => {
      known.forgetAll();
      return Promise.resolve('old');
    });
    await expect(known.get('b', away)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('holds no more than it may, and lets go of the longest unread', async () => {
    for (const key of ['a', 'b', 'a', 'c']) await known.get(key, read(key));

    expect(await known.get('a', away)).toBe('a');
    expect(await known.get('c', away)).toBe('c');
    await expect(known.get('b', away)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
