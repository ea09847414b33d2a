import { describe, expect, it } from '@jest/globals';
import { type Condition, everything, isByKey, type Keys, mapQuestions } from './condition.js';

const keys: Keys = { own: new Set(['id', 'name']), lookedUp: new Set(['email', 'members.id']) };

const is = (field: string): Condition => ({
  kind: 'compare',
  field,
  operator: 'eq',
  value: 'x',
});
const and = (...conditions: Condition[]): Condition => ({ kind: 'and', conditions });
const or = (...conditions: Condition[]): Condition => ({ kind: 'or', conditions });
const some = (field: string, condition: Condition): Condition => ({
  kind: 'some',
  field,
  condition,
});

describe('isByKey', () => {
  it.each<[string, Condition]>([
    ['the value of a column', is('id')],
    ['a value that is looked up', is('email')],
    ['a value and more', and(is('title'), and(is('email'), is('city')))],
    ['one column or another', or(is('id'), and(is('name'), is('title')))],
    ['the value in a list', some('members', and(is('kind'), is('id')))],
    ['nothing at all', or()],
  ])('is true of %s', (_, condition) => {
    expect(isByKey(condition, keys)).toBe(true);
  });

  it.each<[string, Condition]>([
    ['everything', everything],
    ['the value of something else', is('title')],
    ['any other comparison', { kind: 'compare', field: 'id', operator: 'sw', value: 'x' }],
    ['what a value is not', { kind: 'compare', field: 'id', operator: 'ne', value: 'x' }],
    ['what is turned round', { kind: 'not', condition: is('id') }],
    ['presence', { kind: 'present', field: 'id' }],
    ['an alternative without a key', or(is('id'), is('title'))],
    ['alternatives that are looked up', or(is('id'), is('email'))],
    ['a key of the rows in a list of theirs', some('others', is('id'))],
  ])('is false of %s', (_, condition) => {
    expect(isByKey(condition, keys)).toBe(false);
  });
});

describe('mapQuestions', () => {
  it('replaces what is asked, wherever it stands, and keeps how it is put together', () => {
    const present: Condition = { kind: 'present', field: 'a' };
    const condition = and(is('a'), or(present, { kind: 'not', condition: some('a', is('a')) }));

    const asked: string[] = [];
    const mapped = mapQuestions(condition, (question) => {
      asked.push(question.kind);
      return is('b');
    });

    expect(asked).toEqual(['compare', 'present', 'some']);
    expect(mapped).toEqual(and(is('b'), or(is('b'), { kind: 'not', condition: is('b') })));
    expect(mapQuestions(everything, () => is('b'))).toEqual(everything);
  });
});
