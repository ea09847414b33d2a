import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { SharedReads } from './shared-reads.js';

class Connection {
  readonly client: Client = Object.assign(new EventEmitter(), new Client());
  readonly release = jest.fn<(broken?: Error) => void>();
}

/** A read that lasts until it is told to end. */
class Reading {
  readonly on: Promise<Client>;
  end: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  constructor(reads: SharedReads) {
    const ended = new Promise<void>((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    this.done = new Promise(() => undefined);
    this.on = new Promise((resolve, reject) => {
      this.done = reads.run(async (client) => {
        resolve(client as Client);
        await ended;
      });
      this.done.catch(reject);
    });
    this.on.catch(() => undefined);
  }

  done: Promise<void>;
}

function aStock() {
  const taken: Connection[] = [];
  const take = jest.fn(() => {
    const connection = new Connection();
    taken.push(connection);
    return Promise.resolve(connection);
  });
  return { taken, take, reads: new SharedReads(take) };
}

describe('SharedReads', () => {
  it('gives a connection back when nobody reads on it', async () => {
    const { taken, reads } = aStock();

    expect(await reads.run(() => Promise.resolve('read'))).toBe('read');
    expect(await reads.run(() => Promise.resolve('again'))).toBe('again');

    expect(taken.map(({ release }) => release.mock.calls)).toEqual([[[undefined]], [[undefined]]]);
  });

  it('puts many reads on few connections, and as many on each', async () => {
    const { taken, reads } = aStock();
    const readings = Array.from({ length: 40 }, () => new Reading(reads));
    const used = await Promise.all(readings.map(({ on }) => on));

    expect(taken).toHaveLength(4);
    expect(taken.map(({ client }) => used.filter((one) => one === client).length)).toEqual([
      10, 10, 10, 10,
    ]);
    for (const reading of readings) reading.end();
    await Promise.all(readings.map(({ done }) => done));
    for (const { release } of taken) expect(release).toHaveBeenCalledTimes(1);
  });

  it('lets a few reads keep each other company', async () => {
    const { taken, reads } = aStock();
    const readings = [1, 2, 3, 4].map(() => new Reading(reads));
    await Promise.all(readings.map(({ on }) => on));

    expect(taken).toHaveLength(1);
    readings[0]?.end();
    await readings[0]?.done;
    expect(taken[0]?.release).not.toHaveBeenCalled();
    for (const reading of readings) reading.end();
    await Promise.all(readings.map(({ done }) => done));
    expect(taken[0]?.release).toHaveBeenCalledTimes(1);
  });

  it('has a failing read fail alone', async () => {
    const { reads } = aStock();
    const [failing, other] = [new Reading(reads), new Reading(reads)];
    const refusal = new Error('no such column');
    failing.fail(refusal);
    await expect(failing.done).rejects.toBe(refusal);

    other.end();
    await other.done;
  });

  it('leaves a connection that broke, and gives it back as broken', async () => {
    const { taken, reads } = aStock();
    const before = new Reading(reads);
    await before.on;
    const broken = new Error('it is gone');
    taken[0]?.client.emit('error', broken);
    const after = new Reading(reads);

    expect(await after.on).toBe(taken[1]?.client);
    before.fail(broken);
    await expect(before.done).rejects.toBe(broken);
    expect(taken[0]?.release).toHaveBeenCalledWith(broken);
    expect(taken[0]?.client.listenerCount('error')).toBe(0);
    after.end();
    await after.done;
    expect(taken[1]?.release).toHaveBeenCalledWith(undefined);
  });

  it('tells everybody when no connection is to be had, and tries anew for the next', async () => {
    const { take, reads } = aStock();
    const away = new Error('the database is away');
    take.mockImplementationOnce(() => Promise.reject(away));
    const both = [1, 2].map(() => reads.run(() => Promise.resolve('read')));

    expect(await Promise.allSettled(both)).toEqual([
      { status: 'rejected', reason: away },
      { status: 'rejected', reason: away },
    ]);
    expect(take).toHaveBeenCalledTimes(1);
    expect(await reads.run(() => Promise.resolve('read'))).toBe('read');
  });
});
