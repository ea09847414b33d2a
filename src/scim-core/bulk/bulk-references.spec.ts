import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { referencesOf, resolveReferences } from './bulk-references.js';

const ids: Readonly<Record<string, string>> = { a: 'id-a', b: 'id-b' };
const nameOf = (bulkId: string) => (Object.hasOwn(ids, bulkId) ? ids[bulkId] : undefined);

const resolve = (data: Json, method: 'POST' | 'PATCH' = 'POST') =>
  resolveReferences({ method, id: undefined, data }, nameOf).data;

describe('references to what the same request makes', () => {
  it.each<[string, Json, Json]>([
    ['members', { members: [{ value: 'bulkId:a' }] }, { members: [{ value: 'id-a' }] }],
    [
      'a manager',
      { 'urn:e': { manager: { value: 'bulkId:b' } } },
      { 'urn:e': { manager: { value: 'id-b' } } },
    ],
    ['a bare text', ['bulkId:a', 'x'], ['id-a', 'x']],
    ['a $ref', { $ref: '../Users/bulkId:a' }, { $ref: '../Users/id-a' }],
    ['a URL', { $ref: 'https://x.org/Users/bulkId:a' }, { $ref: 'https://x.org/Users/id-a' }],
  ])('B3 are replaced in %s', (_, data, expected) => {
    expect(resolve(data)).toEqual(expected);
  });

  it.each<[string, Json, Json]>([
    [
      'a value',
      { op: 'add', value: { value: 'bulkId:a' } },
      { op: 'add', value: { value: 'id-a' } },
    ],
    [
      'the filter of a path',
      { op: 'remove', path: 'members[value eq "bulkId:a" or value eq "bulkId:b"]' },
      { op: 'remove', path: 'members[value eq "id-a" or value eq "id-b"]' },
    ],
    [
      'a filter with escapes',
      { PATH: String.raw`members[value eq "bulkId\u003aa" and display ne "\"bulkId:a\""]` },
      { PATH: String.raw`members[value eq "id-a" and display ne "\"bulkId:a\""]` },
    ],
    [
      'the name of a member',
      { value: { 'members[value eq "bulkId:a"]': [] } },
      { value: { 'members[value eq "id-a"]': [] } },
    ],
  ])('B3 are replaced in %s of a PATCH', (_, operation, expected) => {
    expect(resolve({ Operations: [operation] }, 'PATCH')).toEqual({ Operations: [expected] });
  });

  it.each<[Json]>([
    ['about bulkId:a'],
    ['see /bulkId:a'],
    ['BULKID:a'],
    ['bulkId:unknown'],
    ['bulkId'],
    [{ path: 'members[value eq "bulkId:a"]' }],
    [{ bulkId: 'a' }],
    [1],
    [null],
  ])('are not seen in %j', (data) => {
    expect(resolve(data)).toBe(data);
  });

  it('B3 are replaced in the path of the operation', () => {
    const operation = { method: 'DELETE', id: 'bulkId:a', data: undefined } as const;

    expect(resolveReferences(operation, nameOf)).toMatchObject({ id: 'id-a' });
    expect(resolveReferences({ ...operation, id: 'xbulkId:a' }, nameOf).id).toBe('xbulkId:a');
  });

  it('are told, each once and also if nothing has the name', () => {
    const data = { members: [{ value: 'bulkId:z' }, { value: 'bulkId:a' }, { value: 'bulkId:z' }] };

    expect([...referencesOf({ method: 'PUT', id: 'bulkId:b', data })]).toEqual(['b', 'z', 'a']);
  });

  it('leave a resource without any as it is, and every prototype too', () => {
    const data = JSON.parse('{"__proto__": {"polluted": "bulkId:a"}, "a": ["bulkId:a"]}');

    expect(JSON.stringify(resolve(data))).toBe('{"__proto__":{"polluted":"id-a"},"a":["id-a"]}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('R5 are looked for in paths of a sensible length only', () => {
    const path = `members[value eq "bulkId:a"]`;
    const long = `${path.slice(0, -1)} or value eq "${'x'.repeat(4_096)}"]`;

    expect(resolve([{ path }, { path: long }], 'PATCH')).toEqual([
      { path: 'members[value eq "id-a"]' },
      { path: long },
    ]);
  });
});
