import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../json.js';
import { deepEqual, toEqualityKey } from './equal.js';

describe('deepEqual', () => {
  it.each<[Json, Json, boolean]>([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [[], {}, false],
    [null, {}, false],
    ['1', 1, false],
    [{ constructor: 1 }, {}, false],
  ])('of %j and %j is %j', (left, right, expected) => {
    expect(deepEqual(left, right)).toBe(expected);
    expect(toEqualityKey(left) === toEqualityKey(right)).toBe(expected);
  });

  it('agrees with the key', () => {
    const json = fc
      .jsonValue({ maxDepth: 2 })
      .map((value) => JSON.parse(JSON.stringify(value)) as Json);
    fc.assert(
      fc.property(
        json,
        json,
        (left, right) => deepEqual(left, right) === (toEqualityKey(left) === toEqualityKey(right)),
      ),
    );
  });
});
