import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../kernel/domain-error.js';
import { Turns } from './turns.js';

const patientMs = 5_000;

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('Turns', () => {
  it('lets one of a name work at a time, in the order of asking, and others beside it', async () => {
    const turns = new Turns(patientMs);
    const { open, opened } = gate();
    const steps: string[] = [];
    const step = (name: string) => () => Promise.resolve(steps.push(name));

    const first = turns.take('a', () => opened);
    const rest = [turns.take('a', step('a2')), turns.take('a', step('a3'))];
    await turns.take('b', step('b'));
    expect(steps).toEqual(['b']);
    open();
    await Promise.all([first, ...rest]);

    expect(steps).toEqual(['b', 'a2', 'a3']);
  });

  it('passes the turn on after a failure', async () => {
    const turns = new Turns(patientMs);

    const failed = turns.take('a', () => Promise.reject(new Error('broken')));
    const next = turns.take('a', () => Promise.resolve('served'));

    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('served');
  });

  it('says unavailable after the limit, and the turn goes to the next', async () => {
    const turns = new Turns(20);
    const { open, opened } = gate();
    const first = turns.take('a', () => opened);

    await expect(turns.take('a', () => Promise.resolve())).rejects.toMatchObject({
      code: 'unavailable',
    });
    open();
    await first;

    expect(await turns.take('a', () => Promise.resolve('served'))).toBe('served');
  });

  it('refuses all who wait, under every name, and none who work', async () => {
    const turns = new Turns(patientMs);
    const { open, opened } = gate();
    const working = ['a', 'b'].map((name) => turns.take(name, () => opened));
    const waiting = ['a', 'b', 'a'].map((name) => turns.take(name, () => Promise.resolve()));

    turns.refuseAll(new DomainError('unavailable', 'Gone.'));

    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    open();
    await Promise.all(working);
  });
});
