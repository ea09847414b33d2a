import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../kernel/json.js';
import { parsePatchFlavour, patchDocument } from './patch-document.js';

describe('parsePatchFlavour', () => {
  it.each([
    ['application/json', 'legacy'],
    ['application/json; charset=utf-8', 'legacy'],
    ['Application/Merge-Patch+JSON', 'merge'],
  ])('reads %s as %s', (mediaType, flavour) => {
    expect(parsePatchFlavour(mediaType)).toBe(flavour);
  });

  it.each(['application/json-patch+json', 'text/plain', '', 'constructor', undefined])(
    'refuses %j and names the two',
    (mediaType) => {
      expect(() => parsePatchFlavour(mediaType)).toThrow(
        /application\/json, application\/merge-patch\+json/,
      );
    },
  );
});

describe('patchDocument, merge flavour (RFC 7396)', () => {
  it.each<[string, Json, Json, Json]>([
    ['replaces a member', { name: 'old' }, { name: 'new' }, { name: 'new' }],
    ['adds a member', { name: 'one' }, { more: 'two' }, { name: 'one', more: 'two' }],
    ['removes a member by null', { name: 'one' }, { name: null }, {}],
    [
      'removes one and leaves the other',
      { name: 'one', more: 'two' },
      { name: null },
      { more: 'two' },
    ],
    ['puts text in the place of a list', { list: ['x'] }, { list: 'y' }, { list: 'y' }],
    ['puts a list in the place of text', { list: 'y' }, { list: ['x'] }, { list: ['x'] }],
    [
      'goes into objects',
      { outer: { keep: 1, change: 2 } },
      { outer: { change: 3, gone: null } },
      { outer: { keep: 1, change: 3 } },
    ],
    ['replaces a list as a whole', { list: [{ n: 1 }, { n: 2 }] }, { list: [3] }, { list: [3] }],
    ['replaces the document by a list', ['a', 'b'], ['c'], ['c']],
    ['starts an object where text was', 'text', { name: 'x' }, { name: 'x' }],
    ['leaves null in a list', {}, { list: [null, { n: null }] }, { list: [null, { n: null }] }],
    [
      'keeps stored nulls that it does not name',
      { kept: null },
      { name: 1 },
      { kept: null, name: 1 },
    ],
    [
      'strips nulls of an object that is new',
      {},
      { outer: { inner: { gone: null } } },
      { outer: { inner: {} } },
    ],
    ['empties the document by null', { name: 'x' }, null, null],
  ])('%s', (_, document, patch, expected) => {
    expect(patchDocument('merge', document, patch)).toEqual(expected);
  });
});

describe('patchDocument, legacy flavour', () => {
  it.each<[string, Json, Json, Json]>([
    ['appends to a list', { ids: ['a'] }, { ids: ['b'] }, { ids: ['a', 'b'] }],
    [
      'appends only what is not there',
      { ids: ['a', 'b'] },
      { ids: ['b', 'c', 'c'] },
      { ids: ['a', 'b', 'c'] },
    ],
    [
      'knows equal objects whatever their order',
      { all: [{ x: 1, y: 2 }] },
      { all: [{ y: 2, x: 1 }] },
      { all: [{ x: 1, y: 2 }] },
    ],
    ['starts a list', {}, { ids: ['a'] }, { ids: ['a'] }],
    [
      'merges deeply',
      { data: { a: { b: 1 } } },
      { data: { a: { c: 2 } } },
      { data: { a: { b: 1, c: 2 } } },
    ],
    ['removes by null', { data: { a: 1, b: 2 } }, { data: { a: null } }, { data: { b: 2 } }],
    ['replaces text', { name: 'old' }, { name: 'new' }, { name: 'new' }],
  ])('%s', (_, document, patch, expected) => {
    expect(patchDocument('legacy', document, patch)).toEqual(expected);
  });

  it('appends nothing when the same patch comes twice', () => {
    const patch = { ids: ['b', 'c'] };
    const once = patchDocument('legacy', { ids: ['a'] }, patch);

    expect(patchDocument('legacy', once, patch)).toEqual(once);
  });
});

describe('patchDocument', () => {
  it.each(['merge', 'legacy'] as const)(
    '%s never touches a prototype and leaves its arguments as they were',
    (flavour) => {
      const document: Json = { data: { kept: true } };
      const patch: Json = JSON.parse(
        '{"__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
      );
      const before = JSON.stringify([document, patch]);

      const result = patchDocument(flavour, document, patch);

      expect(JSON.stringify([document, patch])).toBe(before);
      expect(JSON.stringify(result)).not.toContain('__proto__');
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      expect(result).toMatchObject({ data: { kept: true } });
    },
  );

  it('agrees with the pseudo code of RFC 7396 on any two documents', () => {
    const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (document, patch) => {
        if (JSON.stringify([document, patch]).includes('__proto__')) return;
        expect(patchDocument('merge', asJson(document), asJson(patch))).toEqual(
          mergeOfTheRfc(asJson(document), asJson(patch)),
        );
      }),
    );
  });
});

function mergeOfTheRfc(target: Json, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, Json> = isObject ? Object.fromEntries(Object.entries(target)) : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else
      result[name] = mergeOfTheRfc(
        Object.hasOwn(result, name) ? (result[name] ?? null) : null,
        value,
      );
  }
  return result;
}
