import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Fact, Ledger } from './ledger.js';

describe('the ledger of what was answered', () => {
  const ann = { name: 'Ann' };
  const bob = { name: 'Bob' };
  const facts = (content: Record<string, Fact>) => new Map(Object.entries(content));
  let ledger: Ledger;
  beforeEach(() => {
    ledger = new Ledger();
    ledger.answered(facts({ ann, bob }));
  });

  it('has nothing to say when everything is as answered', () => {
    expect(ledger.judge(facts({ ann, bob }))).toEqual([]);
  });

  it('complains of what is lost, what has changed, what is there again and what nobody wrote', () => {
    ledger.answered(new Map([['carl', undefined]]));

    const complaints = ledger.judge(
      facts({ bob: { name: 'Rob' }, carl: { name: 'Carl' }, dora: { name: 'Dora' } }),
    );

    expect(complaints).toEqual([
      'Not as answered: ann was {"name":"Ann"}, is nothing',
      'Not as answered: bob was {"name":"Bob"}, is {"name":"Rob"}',
      'Not as answered: carl was nothing, is {"name":"Carl"}',
      'Not as answered: dora was nothing, is {"name":"Dora"}',
    ]);
  });

  it('takes a write without an answer whole or not at all', () => {
    const change = new Map<string, Fact | undefined>([
      ['ann', undefined],
      ['bob', { name: 'Rob' }],
      ['carl', { name: 'Carl' }],
    ]);
    const ways = [
      facts({ ann, bob }),
      facts({ bob: { name: 'Rob' }, carl: { name: 'Carl' } }),
      facts({ bob: { name: 'Rob' } }),
      facts({ ann, bob, carl: { name: 'Carl' } }),
      facts({ ann, bob: { name: 'Robert' }, carl: { name: 'Carl' } }),
    ];

    const counts = ways.map((found) => {
      const one = new Ledger();
      one.answered(facts({ ann, bob }));
      one.lost(change);
      return one.judge(found).length;
    });

    expect(counts).toEqual([0, 0, 1, 1, 1]);
  });

  it('goes on from what it found', () => {
    ledger.lost(facts({ carl: { name: 'Carl' } }));
    expect(ledger.judge(facts({ ann, bob, carl: { name: 'Carl' } }))).toEqual([]);
    expect(ledger.judge(facts({ ann, bob }))).toHaveLength(1);

    expect(ledger.judge(facts({ ann, bob }))).toEqual([]);
  });
});
