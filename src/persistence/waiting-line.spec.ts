import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../kernel/domain-error.js';
import { WaitingLine } from './waiting-line.js';

const patientMs = 5_000;

describe('WaitingLine', () => {
  it('serves in the order of asking', async () => {
    const line = new WaitingLine(['pen'], patientMs);
    const pen = await line.borrow();
    const served: number[] = [];
    const turns = [1, 2, 3, 4].map((turn) =>
      line.lend(async () => {
        served.push(turn);
        await Promise.resolve();
      }),
    );
    expect(served).toEqual([]);

    line.giveBack(pen);
    await Promise.all(turns);

    expect(served).toEqual([1, 2, 3, 4]);
  });

  it('lets nobody who comes at the right moment jump the queue', async () => {
    const line = new WaitingLine(['pen'], patientMs);
    const pen = await line.borrow();
    const served: string[] = [];
    const first = line.lend(() => Promise.resolve(served.push('first')));

    line.giveBack(pen);
    const late = line.lend(() => Promise.resolve(served.push('late')));
    await Promise.all([first, late]);

    expect(served).toEqual(['first', 'late']);
  });

  it('lends as many at once as there are', async () => {
    const line = new WaitingLine(['pen', 'pencil'], patientMs);

    expect(new Set([await line.borrow(), await line.borrow()])).toEqual(new Set(['pen', 'pencil']));
  });

  it('says unavailable after the limit, and serves the next one all the same', async () => {
    const line = new WaitingLine(['pen'], 20);
    const pen = await line.borrow();

    await expect(line.borrow()).rejects.toMatchObject({ code: 'unavailable' });

    line.giveBack(pen);
    expect(await line.borrow()).toBe('pen');
  });

  it('takes things back from those who fail', async () => {
    const line = new WaitingLine(['pen'], patientMs);

    await expect(line.lend(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');

    expect(await line.borrow()).toBe('pen');
  });

  it('refuses all who wait when told to, and serves who comes later', async () => {
    const line = new WaitingLine(['pen'], patientMs);
    const pen = await line.borrow();
    const waiting = [line.borrow(), line.borrow()];

    line.refuseAll(new DomainError('unavailable', 'Gone.'));
    const late = line.borrow();

    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    line.giveBack(pen);
    expect(await late).toBe('pen');
  });

  it('closes when the last thing is back, and refuses everybody meanwhile', async () => {
    const line = new WaitingLine(['pen', 'pencil'], patientMs);
    const pen = await line.borrow();
    await line.borrow();
    const waiting = line.borrow();
    const steps: string[] = [];
    const closed = line.close().then(() => steps.push('closed'));

    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await expect(line.borrow()).rejects.toMatchObject({ code: 'unavailable' });
    steps.push('returned');
    line.giveBack(pen);
    line.giveBack('pencil');
    await closed;

    expect(steps).toEqual(['returned', 'closed']);
  });
});
