import { describe, expect, it } from '@jest/globals';
import { parseConversation } from './conversation.js';
import { reorder, scramble, toTurns, type Turn } from './order.js';

const response = { status: 200 };
const post = (name: string) => ({
  request: { method: 'POST', path: `/${name}` },
  response,
  remember: { [name]: '$.id' },
});
const patch = (path: string, anyOrder = false) => ({
  request: { method: 'PATCH', path },
  response,
  anyOrder,
});

const turns = toTurns(
  parseConversation({
    about: 'One sentence.',
    source: 'Okta',
    given: [post('a')],
    steps: [
      patch('/{{a}}/1', true),
      patch('/{{a}}/2', true),
      patch('/{{a}}/3'),
      { request: { method: 'GET', path: '/{{a}}' }, response },
    ],
  }),
);

const seeds = Array.from({ length: 50 }, (_, seed) => seed);
const tell = (order: readonly Turn[]) => order.map(({ at }) => at).join(' ');

describe('reorder', () => {
  const orders = seeds.map((seed) => reorder(turns, seed));

  it('lets reads go anywhere behind what they speak of, and marked neighbours change places', () => {
    const [given, first, second, third, read] = turns.map(({ at }) => at);
    const rows = [
      [first, second, third],
      [second, first, third],
    ];
    const all = rows.flatMap((row) =>
      [0, 1, 2, 3].map((place) => [given, ...row.toSpliced(place, 0, read)].join(' ')),
    );
    expect(new Set(orders.map(tell))).toEqual(new Set(all));
  });

  it('comes to one order for one seed', () => {
    expect(tell(reorder(turns, 7))).toBe(tell(reorder(turns, 7)));
  });

  it('tells those that may have moved from those that have not', () => {
    expect(orders[0]?.filter(({ isMoved }) => isMoved)).toHaveLength(3);
  });
});

describe('scramble', () => {
  it('keeps nothing but what is remembered before what speaks of it', () => {
    const orders = seeds.map((seed) => tell(scramble(turns, seed)));

    expect(orders.every((order) => order.startsWith('given[0] '))).toBe(true);
    expect(new Set(orders).size).toBeGreaterThan(15);
  });
});
