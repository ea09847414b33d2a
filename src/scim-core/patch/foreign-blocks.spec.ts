import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { foreignBytesMax } from '../resource/foreign-block.js';
import { userResourceType } from '../schema/resource-types.js';
import { applyPatch } from './apply-patch.js';
import { parsePatchRequest } from './parse-patch-request.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const corp = 'urn:example:params:scim:schemas:extension:corp:2.0:User';
const nested = `${corp}:Site:1.0:Desk`;

function patch(operations: Json[], stored: JsonObject): JsonObject {
  const blocks = Object.keys(stored);
  const resource = { schemas: [core, ...blocks], userName: 'ada', active: true, ...stored };
  return applyPatch(resource, parsePatchRequest(operations), userResourceType);
}

/** What is stored under unknown schemas after one operation. */
function after(operation: JsonObject, stored: JsonObject): JsonObject {
  const { schemas, userName: _name, active: _active, ...blocks } = patch([operation], stored);
  expect(schemas).toEqual([core, ...Object.keys(blocks)]);
  return blocks;
}

describe('ForeignBlocks', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'FIND S-1 replaces an attribute by its path',
      { op: 'replace', path: `${corp}:tag`, value: '2' },
      { [corp]: { tag: '1', other: 1 } },
      { [corp]: { tag: '2', other: 1 } },
    ],
    [
      'FIND S-1 replaces an attribute by a name without a path',
      { op: 'replace', value: { [`${corp}:tag`]: '2' } },
      { [corp]: { tag: '1' } },
      { [corp]: { tag: '2' } },
    ],
    [
      'FIND S-1 adds an object as the attribute that its path names, not as a schema of its own',
      { op: 'add', path: `${corp}:tag`, value: { a: 1 } },
      { [corp]: { other: 1 } },
      { [corp]: { other: 1, tag: { a: 1 } } },
    ],
    [
      'knows URN and name in any case and keeps the stored spelling',
      { op: 'replace', path: `${corp.toUpperCase()}:TAG`, value: '2' },
      { [corp]: { tag: '1' } },
      { [corp]: { tag: '2' } },
    ],
    [
      'FIND S-1 goes by the longest stored URN',
      { op: 'replace', path: `${nested}:tag`, value: '2' },
      { [corp]: { tag: '1' }, [nested]: { tag: '1' } },
      { [corp]: { tag: '1' }, [nested]: { tag: '2' } },
    ],
    [
      'does not take what is no attribute behind a shorter URN for one',
      { op: 'replace', path: `${nested}:tag`, value: '2' },
      { [corp]: { tag: '1' } },
      { [corp]: { tag: '1' }, [nested]: { tag: '2' } },
    ],
    [
      'FIND S-1 makes an object of a schema that nobody has stored, up to the last colon',
      { op: 'add', path: `${corp}:tag`, value: '1' },
      {},
      { [corp]: { tag: '1' } },
    ],
    [
      'makes one for an object, too, where its URN ends in a version and a name',
      { op: 'add', path: `${corp}:address`, value: { city: 'Linz' } },
      {},
      { [corp]: { address: { city: 'Linz' } } },
    ],
    [
      'takes an object for the whole schema where its URN does not',
      { op: 'add', path: corp, value: { tag: '1' } },
      {},
      { [corp]: { tag: '1' } },
    ],
    [
      'FIND S-21 takes a colon at the end of a URN for none',
      { op: 'replace', path: `${corp}:`, value: { tag: '2' } },
      { [corp]: { tag: '1' } },
      { [corp]: { tag: '2' } },
    ],
    [
      'FIND S-20 opens a list of one where one value is stored',
      { op: 'replace', path: `${corp}:tag`, value: ['2'] },
      { [corp]: { tag: '1' } },
      { [corp]: { tag: '2' } },
    ],
    [
      'keeps a list of one where a list is stored, or nothing',
      { op: 'replace', value: { [`${corp}:list`]: ['2'], [`${corp}:new`]: ['3'] } },
      { [corp]: { list: ['1'] } },
      { [corp]: { list: ['2'], new: ['3'] } },
    ],
    [
      'appends to a list what is not in it, once',
      { op: 'add', path: `${corp}:list`, value: ['1', { a: 1 }, { a: 1 }] },
      { [corp]: { list: ['1', '1'] } },
      { [corp]: { list: ['1', '1', { a: 1 }] } },
    ],
    [
      'merges into an object what is added, and puts what is to replace it in its place',
      { op: 'add', value: { [`${corp}:a`]: { y: 2 } } },
      { [corp]: { a: { x: 1 } } },
      { [corp]: { a: { x: 1, y: 2 } } },
    ],
    [
      'replaces an object by another',
      { op: 'replace', path: `${corp}:a`, value: { y: 2 } },
      { [corp]: { a: { x: 1 } } },
      { [corp]: { a: { y: 2 } } },
    ],
    [
      'changes a part of an object',
      { op: 'replace', path: `${corp}:a.X`, value: 2 },
      { [corp]: { a: { x: 1, y: 1 } } },
      { [corp]: { a: { y: 1, x: 2 } } },
    ],
    [
      'removes an attribute, the last one with its schema',
      { op: 'remove', path: `${corp}:a.x` },
      { [corp]: { a: { x: 1 } } },
      {},
    ],
    [
      'takes an empty text for none, as Entra ID clears attributes',
      { op: 'replace', path: `${corp}:tag`, value: '' },
      { [corp]: { tag: '1', other: 1 } },
      { [corp]: { other: 1 } },
    ],
    [
      'removes what is listed from a list',
      { op: 'remove', path: `${corp}:list`, value: ['1', '3'] },
      { [corp]: { list: ['1', '2'] } },
      { [corp]: { list: ['2'] } },
    ],
    [
      'FIND S-1 keeps what an object for the whole schema does not name',
      { op: 'replace', path: corp, value: { A: 9, gone: null } },
      { [corp]: { a: 1, b: 2, gone: 3, list: ['1'] } },
      { [corp]: { a: 9, b: 2, list: ['1'] } },
    ],
    [
      'appends to a list in such an object',
      { op: 'add', value: { [corp]: { list: ['2'] } } },
      { [corp]: { list: ['1'] } },
      { [corp]: { list: ['1', '2'] } },
    ],
    ['stores no object of nothing', { op: 'replace', path: corp, value: {} }, {}, {}],
    [
      'removes the whole schema with what is stored beside it',
      { op: 'remove', path: corp, value: { tag: '1' } },
      { [corp]: { tag: '1' } },
      {},
    ],
    ['removes nothing where there is nothing', { op: 'remove', path: `${corp}:tag` }, {}, {}],
    [
      'passes over a scalar without a path for what can only be a schema',
      { op: 'add', value: { 'urn:example:custom:2.0': 1 } },
      {},
      {},
    ],
  ])('%s', (_sentence, operation, stored, expected) => {
    expect(after(operation, stored)).toEqual(expected);
  });

  it('FIND S-1 stands in no way of the operations beside it', () => {
    const operations = [
      { op: 'Replace', path: `${corp}:tag`, value: '2' },
      { op: 'Replace', path: 'active', value: 'False' },
    ];

    expect(patch(operations, { [corp]: { tag: '1' } })).toMatchObject({
      active: false,
      [corp]: { tag: '2' },
    });
  });

  it.each<[string, JsonObject, string]>([
    ['a part of a text', { op: 'add', path: `${corp}:tag.x`, value: 1 }, 'invalidPath'],
    ['a filter', { op: 'add', path: `${corp}:list[value eq "1"]`, value: 1 }, 'invalidPath'],
    ['a scalar for a schema', { op: 'add', path: corp, value: 'x' }, 'invalidPath'],
    ['another value than the one to remove', remove('x'), 'invalidValue'],
    [
      'FIND S-8 another object than the one to remove',
      { op: 'remove', path: corp, value: { tag: '1' } },
      'invalidValue',
    ],
    ['a slip of the pen', { op: 'add', path: 'emails:work', value: 'x' }, 'invalidPath'],
    ['NUL', { op: 'add', path: `${corp}:tag`, value: 'a\0b' }, 'invalidValue'],
    ['a name that reaches for a prototype', reach('constructor'), 'invalidPath'],
    ['such a part', reach('tag.constructor'), 'invalidPath'],
  ])('refuses %s', (_what, operation, scimType) => {
    expect(() => after(operation, { [corp]: { tag: '1', list: ['1'] } })).toThrow(
      expect.objectContaining({ status: 400, scimType }),
    );
  });

  it('leaves the resource that it was given as it was', () => {
    const stored = { [corp]: { tag: '1', list: ['1'] } };
    patch(
      [
        { op: 'replace', path: `${corp}:tag`, value: '2' },
        { op: 'add', path: `${corp}:list`, value: '2' },
      ],
      stored,
    );

    expect(stored).toEqual({ [corp]: { tag: '1', list: ['1'] } });
  });

  it('FIND S-1 refuses the operation that takes the resource beyond 64 KiB', () => {
    const half = 'x'.repeat(foreignBytesMax / 2);
    const add = (name: string): Json => ({ op: 'add', path: `${corp}:${name}`, value: half });

    expect(patch([add('a')], {})).toHaveProperty([corp, 'a'], half);
    expect(() => patch([add('a'), add('b')], {})).toThrow(
      expect.objectContaining({ status: 413, detail: expect.stringContaining('Operations[1]') }),
    );
    expect(() => patch([add('b')], { [`${corp}s`]: { a: half } })).toThrow(
      expect.objectContaining({ status: 413 }),
    );
    const remove: Json = { op: 'remove', path: `${corp}:a` };
    expect(patch([add('a'), remove, add('b')], {})).toHaveProperty([corp, 'b'], half);
  });

  it('lets what is beyond the limit already shrink and not grow', () => {
    const stored = { [corp]: { tag: 'x', text: 'x'.repeat(foreignBytesMax * 2) } };
    const shorter: Json = {
      op: 'replace',
      path: `${corp}:text`,
      value: 'y'.repeat(foreignBytesMax),
    };

    expect(patch([shorter], stored)).toHaveProperty([corp, 'tag'], 'x');
    expect(patch([{ op: 'replace', path: 'active', value: false }], stored)).toMatchObject({
      active: false,
    });
    expect(() => patch([{ op: 'add', path: `${corp}:more`, value: 1 }], stored)).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });

  it('refuses more changes without a path than a request may have operations', () => {
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${corp}:a${n}`, n]));

    expect(after({ op: 'add', value: members(1_000) }, {})).toHaveProperty([corp, 'a999'], 999);
    expect(() => after({ op: 'add', value: members(1_001) }, {})).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });
});

function remove(value: Json): JsonObject {
  return { op: 'remove', path: `${corp}:tag`, value };
}

function reach(name: string): JsonObject {
  return { op: 'add', path: `${corp}:${name}`, value: { polluted: true } };
}
