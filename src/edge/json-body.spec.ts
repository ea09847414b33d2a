import { describe, expect, it } from '@jest/globals';
import { defaultJsonLimits, parseJsonBody } from './json-body.js';
import { jsonDepthMax } from './json-size.js';
import { MalformedBody } from './malformed-body.js';

const parse = (text: string) => parseJsonBody(Buffer.from(text), defaultJsonLimits);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseJsonBody', () => {
  it.each([
    ['{"a":[1,true,null,"é😀"]}', { a: [1, true, null, 'é😀'] }],
    ['"text"', 'text'],
    [' [] ', []],
    // Beyond 2^53, and still what was sent.
    [
      '[9007199254740991,-9007199254740992,18014398509481984,1e300,0.1]',
      [9007199254740991, -9007199254740992, 18014398509481984, 1e300, 0.1],
    ],
    ['{"9007199254740993":"9007199254740993"}', { '9007199254740993': '9007199254740993' }],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('R1 takes the deepest allowed nesting', () => {
    expect(() => parse(nested(jsonDepthMax))).not.toThrow();
  });

  it.each([
    ['levels', '['.repeat(jsonDepthMax + 1), 'levels deep'],
    ['members', `{${'"a":1,'.repeat(10_001)}`, 'more than 10000 members'],
    ['list elements', `[${'1,'.repeat(100_001)}`, 'more than 100000 list elements'],
  ])(
    'FIND R-2 stops at the first of too many %s, before the text is parsed',
    (_, text, message) => {
      expect(() => parse(text)).toThrow(message);
    },
  );

  it('R1 counts no sign that stands in a text', () => {
    const text = '[{:,"\\' + '\\\\"'.repeat(20_000);

    expect(parse(JSON.stringify([text]))).toEqual([text]);
  });

  it('R1 counts the elements of each list once, empty ones and nested ones too', () => {
    const limits = { keysMax: 2, itemsMax: 6 };
    const body = Buffer.from('{ "a" : [ [ ] , [ 1, {} ] , "," ] , "b":[ ":" ] }');

    expect(() => parseJsonBody(body, limits)).not.toThrow();
    expect(() => parseJsonBody(body, { ...limits, itemsMax: 5 })).toThrow('list elements');
    expect(() => parseJsonBody(body, { ...limits, keysMax: 1 })).toThrow('members');
  });

  it.each([
    ['', 'empty'],
    ['{', 'not valid JSON'],
    ["{'a':1}", 'not valid JSON'],
    [nested(jsonDepthMax + 1), 'levels deep'],
    ['{"a":{"__proto__":{"polluted":true}}}', '__proto__'],
    ['1e400', 'The body is larger than a number can be'],
    ['{"entity":{"data":{"n":[0,-1e999]}}}', '[entity.data.n[1]] is larger than a number'],
    ['{"entity":{"data":{"n":9007199254740993}}}', '[entity.data.n] is an integer beyond 2^53'],
    [String.raw`{"a\\":"1\"2","b":[12345678901234567890]}`, '[b[0]] is an integer beyond 2^53'],
    [String.raw`{"a":"\u0000"}`, 'NUL'],
    [String.raw`{"a":"\ud800"}`, 'surrogate'],
    [String.raw`{"\udc00":1}`, 'surrogate'],
    [`{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join(',')}}`, 'more than 10000'],
    [`[${'1,'.repeat(100_000)}1]`, 'more than 100000'],
  ])('R1 refuses %.40s', (text, message) => {
    expect(() => parse(text)).toThrow(MalformedBody);
    expect(() => parse(text)).toThrow(message);
    expect({}).not.toHaveProperty('polluted');
  });
});
