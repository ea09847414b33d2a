import { describe, expect, it } from '@jest/globals';
import { parsePatchRequest, patchOperationsMax, patchOpUrn } from './parse-patch-request.js';

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
    ['M28', body({ op: 'add', value: [{ title: 'x' }] }), 'invalidValue'],
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
