import { describe, expect, it } from '@jest/globals';
import { compareCodePoints, foldCase } from './fold-case.js';

describe('foldCase', () => {
  it.each([
    ['É', 'é'],
    ['e\u0301', 'é'],
    ['\u212A', 'k'],
    ['ﬀ', 'ff'],
    ['ADA@Example.COM', 'ada@example.com'],
  ])('makes %j and %j one key', (left, right) => {
    expect(foldCase(left)).toBe(foldCase(right));
  });

  it.each([
    ['ß', 'ss'],
    ['ı', 'i'],
  ])('keeps %j and %j apart', (left, right) => {
    expect(foldCase(left)).not.toBe(foldCase(right));
  });
});

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    const texts = ['a', 'B', 'é', '\uFF5E', '\u{1F600}', 'ab', '', '\uE000', '\u{10000}'];
    const byBytes = [...texts].sort((left, right) =>
      Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );

    expect([...texts].sort(compareCodePoints)).toEqual(byBytes);
  });
});
