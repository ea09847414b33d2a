import { describe, expect, it } from '@jest/globals';
import { AgingTable } from './aging-table.js';

const lifetimeMs = 1_000;
const entriesMax = 10;

describe('AgingTable', () => {
  const aTable = () => new AgingTable<number>(lifetimeMs, entriesMax);

  it('has what was put last under a key', () => {
    const table = aTable();
    table.put('a', 1, 0);
    table.put('a', 2, 0);

    expect([table.get('a'), table.get('b'), table.size]).toEqual([2, undefined, 1]);
  });

  it('has no entry that was deleted, young or old', () => {
    const table = aTable();
    table.put('old', 1, 0);
    table.put('young', 1, lifetimeMs);

    table.delete('old');
    table.delete('young');

    expect(table.size).toBe(0);
  });

  it('SEC T15 keeps an entry for its lifetime, and drops it within two', () => {
    const table = aTable();
    table.put('first', 1, 0);
    table.put('a', 1, lifetimeMs - 1);
    table.put('b', 1, lifetimeMs);
    expect(table.get('a')).toBe(1);

    table.put('c', 1, 2 * lifetimeMs - 2);
    expect(table.get('a')).toBe(1);
    table.put('d', 1, 2 * lifetimeMs);

    expect(['first', 'a', 'b', 'c', 'd'].map((key) => table.get(key))).toEqual([
      undefined,
      undefined,
      1,
      1,
      1,
    ]);
  });

  it('SEC T15 keeps an entry that is put again', () => {
    const table = aTable();
    for (let time = 0; time <= 10 * lifetimeMs; time += lifetimeMs / 2) table.put('a', time, time);

    expect([table.get('a'), table.size]).toEqual([10 * lifetimeMs, 1]);
  });

  it('drops everything when nothing was put for two lifetimes', () => {
    const table = aTable();
    table.put('a', 1, 0);

    table.put('b', 1, 2 * lifetimeMs);

    expect([table.get('a'), table.size]).toEqual([undefined, 1]);
  });

  it('SEC T15 never has more entries than its bound, and keeps the newer half of them', () => {
    const table = aTable();
    const sizes = Array.from({ length: 100 }, (_, index) => {
      table.put(`key ${index}`, index, 0);
      return table.size;
    });

    expect(Math.max(...sizes)).toBe(entriesMax);
    const newer = Array.from({ length: entriesMax / 2 }, (_, index) => `key ${99 - index}`);
    expect(newer.map((key) => table.get(key))).not.toContain(undefined);
  });
});
