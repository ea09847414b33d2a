import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const runningMax = 2;
const waitingOfOneMax = 6;
const waitingMax = 10;

describe('FairQueue', () => {
  let queue: FairQueue;
  /** The names of what has been started, in that order, and how to end it. */
  let started: string[];
  let ends: (() => void)[];
  let refused: string[];

  beforeEach(() => {
    [started, ends, refused] = [[], [], []];
    queue = new FairQueue({ runningMax, waitingMax, waitingOfOneMax }, () => new Error('full'));
  });

  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  /** Asks for so many pieces of work of one owner, named a1, a2 and so on. */
  async function ask(owner: string, many: number): Promise<void> {
    for (let index = 1; index <= many; index += 1) {
      const name = `${owner}${index}`;
      const work = () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      };
      queue.run(owner, work).catch(() => refused.push(name));
    }
    await settle();
  }

  /** Ends what was started first and has not ended, so many times. */
  async function end(many = 1): Promise<void> {
    for (let index = 0; index < many; index += 1) {
      ends.shift()?.();
      await settle();
    }
  }

  it('runs a few at a time, in the order in which one owner asked', async () => {
    await ask('a', 5);
    expect(started).toEqual(['a1', 'a2']);

    await end(3);

    expect(started).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(refused).toEqual([]);
  });

  it('FIND R-5 gives the next free place to who has none, however many wait before', async () => {
    await ask('a', 6);
    await ask('b', 1);

    await end();

    expect(started).toEqual(['a1', 'a2', 'b1']);
  });

  it('FIND R-5 serves owners by turns, none with more than its share while another waits', async () => {
    await ask('a', 6);
    await ask('b', 2);
    await ask('c', 3);

    await end(9);

    expect(started).toEqual([
      ...['a1', 'a2'],
      ...['b1', 'a3', 'c1', 'b2', 'a4', 'c2', 'a5', 'c3', 'a6'],
    ]);
  });

  it('FIND R-5 refuses an owner whose own line is full, and nobody else', async () => {
    await ask('a', runningMax + waitingOfOneMax + 2);
    await ask('b', 3);

    expect(refused).toEqual(['a9', 'a10']);
  });

  it('FIND R-5 takes the place of the longest line when everything is full', async () => {
    await ask('a', runningMax + 6);
    await ask('b', 4);

    await ask('c', 3);

    // a has six waiting and b four: a gives up its last ones, as long as it has the longest line.
    expect(refused).toEqual(['a8', 'a7', 'a6']);
    await end(100);
    expect([...started].sort()).toEqual(
      ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3', 'b4', 'c1', 'c2', 'c3'].sort(),
    );
  });

  it('FIND R-5 refuses the newcomer when all lines are equally short', async () => {
    await ask('z', runningMax);
    for (let index = 0; index < waitingMax; index += 1) await ask(`owner${index} `, 1);

    await ask('late', 1);

    expect(refused).toEqual(['late1']);
  });

  it('frees the place of work that fails, and tells its error', async () => {
    const failing = () => Promise.reject(new Error('of the work'));

    await expect(queue.run('a', failing)).rejects.toThrow('of the work');
    await expect(queue.run('a', failing)).rejects.toThrow('of the work');
    await expect(queue.run('a', failing)).rejects.toThrow('of the work');
    await ask('b', 3);

    expect(started).toEqual(['b1', 'b2']);
  });

  it('goes on after it was full, and remembers no owner who has left', async () => {
    await ask('a', 100);
    await end(100);
    await ask('b', 2);
    await end(2);

    expect(started.slice(-2)).toEqual(['b1', 'b2']);
    expect(Object.values(queue).filter((member) => member instanceof Map)).toEqual([new Map()]);
  });

  it('never runs or keeps waiting more than its limits, whoever asks', async () => {
    let running = 0;
    let most = 0;
    const outcomes: Promise<unknown>[] = [];
    for (let index = 0; index < 500; index += 1) {
      const work = async () => {
        most = Math.max(most, ++running);
        await settle();
        running -= 1;
      };
      outcomes.push(queue.run(`owner ${(index * 7) % 13}`, work));
    }

    const settled = await Promise.allSettled(outcomes);

    expect(most).toBe(runningMax);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(
      runningMax + waitingMax,
    );
  });
});
