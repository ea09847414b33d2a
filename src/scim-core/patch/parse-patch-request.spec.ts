import { describe, expect, it } from '@jest/globals';
import { parsePatchRequest, patchOpUrn } from './parse-patch-request.js';
import { patchOperationsMax } from './patch-operation.js';
import { jsonTextDepthMax, jsonTextMembersMax } from './vendor-bodies.js';

const body = (...operations: unknown[]): unknown => ({
  schemas: [patchOpUrn],
  Operations: operations,
});

describe('parsePatchRequest', () => {
  it('M2 knows ops, member names and the URN in any case', () => {
    const operations = parsePatchRequest({
      SCHEMAS: [patchOpUrn.toUpperCase()],
      operations: [
        { OP: 'Add', Path: 'title', VALUE: 'x' },
        { op: 'REMOVE', path: 'title' },
        { op: 'replace', path: null, value: {} },
      ],
    });

    expect(operations).toMatchObject([
      { index: 0, op: 'add', path: { text: 'title' }, value: 'x' },
      { index: 1, op: 'remove', path: { text: 'title' }, value: undefined },
      { index: 2, op: 'replace', path: undefined, value: {} },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['M1', undefined, 'invalidSyntax'],
    ['M1', [], 'invalidSyntax'],
    ['M1', 'x', 'invalidSyntax'],
    ['M1', {}, 'invalidSyntax'],
    ['M1', { schemas: [], Operations: [{ op: 'add', path: 'a', value: 1 }] }, 'invalidSyntax'],
    ['M1', { schemas: null, Operations: [{ op: 'add', path: 'a', value: 1 }] }, 'invalidSyntax'],
    [
      'M1',
      { schemas: ['urn:x:y'], Operations: [{ op: 'add', path: 'a', value: 1 }] },
      'invalidSyntax',
    ],
    ['M1', { schemas: [patchOpUrn] }, 'invalidSyntax'],
    ['M1', body(), 'invalidSyntax'],
    ['M1', { schemas: [patchOpUrn], Operations: {} }, 'invalidSyntax'],
    ['M1', body('add'), 'invalidSyntax'],
    ['M2', body({ op: 'move', path: 'a', value: 1 }), 'invalidSyntax'],
    ['M2', body({ path: 'a', value: 1 }), 'invalidSyntax'],
    ['M2', body({ op: 1, path: 'a', value: 1 }), 'invalidSyntax'],
    ['M7', body({ op: 'add', path: 'a b', value: 1 }), 'invalidPath'],
    ['M7', body({ op: 'add', path: '', value: 1 }), 'invalidPath'],
    ['M7', body({ op: 'add', path: 5, value: 1 }), 'invalidPath'],
    ['M8', body({ op: 'add', path: 'a[', value: 1 }), 'invalidFilter'],
    ['M14', body({ op: 'remove' }), 'noTarget'],
    ['M14', body({ op: 'remove', value: { title: 'x' } }), 'noTarget'],
    ['M28', body({ op: 'add', path: 'title' }), 'invalidValue'],
    ['M28', body({ op: 'replace', path: 'title' }), 'invalidValue'],
    ['M28', body({ op: 'replace' }), 'invalidValue'],
    ['M28', body({ op: 'add', value: 'x' }), 'invalidValue'],
    ['M28', body({ op: 'add', value: [{ title: 'x' }, { title: 'y' }] }), 'invalidValue'],
    ['M28', body({ op: 'add', value: [[{ title: 'x' }]] }), 'invalidValue'],
    ['M28', body({ op: 'add', value: '[1]' }), 'invalidValue'],
    ['M28', body({ op: 'add', value: '{"title"' }), 'invalidValue'],
  ])('%s refuses %j with %s', (_id, given, scimType) => {
    expect(() => parsePatchRequest(given)).toThrow(
      expect.objectContaining({ status: 400, scimType }),
    );
  });

  it('FIND S-9 takes a body without schemas for a PatchOp', () => {
    const operation = { op: 'add', path: 'title', value: 'x' };

    expect(parsePatchRequest({ Operations: [operation] })).toEqual(
      parsePatchRequest(body(operation)),
    );
  });

  it('FIND S-14 takes a list for the operations of a PatchOp', () => {
    const operation = { op: 'add', path: 'title', value: 'x' };

    expect(parsePatchRequest([operation])).toEqual(parsePatchRequest(body(operation)));
  });

  it.each([
    ['FIND S-9 JSON text', '{"active":false}'],
    ['FIND S-20 a list of one', [{ active: false }]],
    ['JSON text in a list of one', ['{"active":false}']],
    ['a list of one as JSON text', '[{"active":false}]'],
  ])('%s is the object of an operation without a path', (_form, value) => {
    expect(parsePatchRequest(body({ op: 'replace', value }))).toMatchObject([
      { value: { active: false }, path: undefined },
    ]);
  });

  it('S9 opens no JSON text beyond the limits of depth and members', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const wide = (count: number) => `{"a":[${Array(count).fill('1').join(',')}]}`;
    const parse = (value: string) => () => parsePatchRequest(body({ op: 'replace', value }));

    expect(parse(nested(jsonTextDepthMax))).not.toThrow();
    expect(parse(nested(jsonTextDepthMax + 1))).toThrow('32 levels at most');
    expect(parse(nested(100_000))).toThrow('32 levels at most');
    expect(parse(wide(jsonTextMembersMax - 1))).not.toThrow();
    expect(parse(wide(jsonTextMembersMax))).toThrow('10000 members');
  });

  it('names the operation that is at fault', () => {
    expect(() => parsePatchRequest(body({ op: 'remove', path: 'a' }, { op: 'remove' }))).toThrow(
      'Operations[1]: "remove" needs a path.',
    );
    expect(() => parsePatchRequest(body({ op: 'add', path: 'title' }))).toThrow(
      'Operations[0], path "title": "add" needs a value.',
    );
  });

  it('takes 1,000 operations and refuses more with 413', () => {
    const operations = (count: number): unknown[] =>
      Array.from({ length: count }, () => ({ op: 'remove', path: 'title' }));

    expect(parsePatchRequest(body(...operations(patchOperationsMax)))).toHaveLength(1000);
    expect(() => parsePatchRequest(body(...operations(patchOperationsMax + 1)))).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });
});
