import { describe, expect, it } from '@jest/globals';
import { findText, parseQuery } from './query.js';

describe('parseQuery', () => {
  it.each([
    [{ a: 'x', b: '', c: 'undefined', d: 'null' }, { a: 'x' }],
    [{ ids: ['a', 'undefined', 'b'] }, { ids: ['a', 'b'] }],
    [{ ids: ['a', ''] }, { ids: 'a' }],
    [
      { 's[1].name': 'b', 's[0].name': 'a', 's[0].order': 'asc' },
      { s: [{ name: 'a', order: 'asc' }, { name: 'b' }] },
    ],
    [{ 's[9].name': 'only' }, { s: [{ name: 'only' }] }],
    [{ 's[x].name': 'a' }, { 's[x].name': 'a' }],
  ])('reads %j as %j', (query, expected) => {
    expect(parseQuery(query)).toEqual(expected);
  });

  it('leaves prototypes alone', () => {
    parseQuery(
      JSON.parse('{"__proto__":"x","__proto__[0].polluted":"x","constructor[0].prototype":"x"}'),
    );

    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('findText', () => {
  it('finds one text, and refuses to choose among several', () => {
    expect(findText({ name: 'x' }, 'name')).toBe('x');
    expect(findText({ name: 'null' }, 'name')).toBeUndefined();
    expect(findText({}, 'toString')).toBeUndefined();
    expect(() => findText({ name: ['x', 'y'] }, 'name')).toThrow('[name] must be given once.');
  });
});
