import { describe, expect, it } from '@jest/globals';
import { ScimError } from '../scim-error.js';
import { bulkOperationsMax, parseBulkRequest } from './parse-bulk-request.js';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
const post = { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ann' } };

const parse = (...operations: readonly unknown[]) =>
  parseBulkRequest({ schemas, Operations: operations });
const parseOne = (operation: unknown) => parse(operation).entries[0];

describe('parseBulkRequest', () => {
  it('B1 reads an operation', () => {
    expect(parse(post)).toEqual({
      failOnErrors: undefined,
      entries: [
        {
          kind: 'operation',
          index: 0,
          method: 'POST',
          bulkId: 'a',
          endpoint: 'Users',
          id: undefined,
          version: undefined,
          data: { userName: 'ann' },
          references: new Set(),
        },
      ],
    });
  });

  it.each([
    ['/Users/1', 'Users', '1'],
    ['Groups/1', 'Groups', '1'],
    ['/EnterpriseUsers/bulkId:a', 'EnterpriseUsers', 'bulkId:a'],
    ['/Users/bulkId%3Aa%2Fb', 'Users', 'bulkId:a/b'],
    ['/Users/1/', 'Users', '1'],
    ['//Users//1//', 'Users', '1'],
    ['/Nothing/1', 'Nothing', '1'],
  ])('B2 reads the path %j', (path, endpoint, id) => {
    expect(parseOne({ method: 'DELETE', path })).toMatchObject({ endpoint, id });
  });

  it.each(['post', 'Post', 'POST'])('B9 knows the method %s', (method) => {
    expect(parseOne({ ...post, method })).toMatchObject({ kind: 'operation', method: 'POST' });
  });

  it('reads names in any case', () => {
    const request = { SCHEMAS: schemas, operations: [{ Method: 'delete', PATH: '/Users/1' }] };

    expect(parseBulkRequest({ ...request, FailOnErrors: 2 })).toMatchObject({
      failOnErrors: 2,
      entries: [{ method: 'DELETE', endpoint: 'Users', id: '1' }],
    });
  });

  it('B10 reads the version and leaves the data of a DELETE', () => {
    const operation = { method: 'DELETE', path: '/Users/1', version: 'W/"1"', data: 'bulkId:x' };

    expect(parseOne(operation)).toMatchObject({
      version: 'W/"1"',
      data: undefined,
      references: new Set(),
    });
  });

  it.each([
    ['no object', 'text'],
    ['a list', []],
    ['no method', { ...post, method: undefined }],
    ['a method that is no text', { ...post, method: 1 }],
    ['GET', { ...post, method: 'GET' }],
    ['a POST without bulkId', { ...post, bulkId: undefined }],
    ['an empty bulkId', { ...post, bulkId: '' }],
    ['a bulkId that is no text', { ...post, bulkId: 7 }],
    ['no path', { ...post, path: undefined }],
    ['a path that is no text', { ...post, path: 1 }],
    ['an empty path', { ...post, path: '/' }],
    ['a path with a query', { ...post, path: '/Users?attributes=id' }],
    ['a longer path', { method: 'DELETE', path: '/Users/1/2' }],
    ['a path that is not encoded', { method: 'DELETE', path: '/Users/%zz' }],
    ['an absolute path', { ...post, path: 'https://example.com/Users' }],
    ['a POST to an id', { ...post, path: '/Users/1' }],
    ['a PUT without an id', { ...post, method: 'PUT' }],
    ['a DELETE without an id', { method: 'DELETE', path: '/Users' }],
    ['a PATCH without data', { method: 'PATCH', path: '/Users/1' }],
    ['a POST without data', { ...post, data: null }],
    ['a version that is no text', { method: 'DELETE', path: '/Users/1', version: 1 }],
  ])('B2 B9 finds fault with %s, and with that operation only', (_, operation) => {
    const [first, second] = parse(operation, { method: 'DELETE', path: '/Users/1' }).entries;

    expect(first).toMatchObject({
      kind: 'malformed',
      index: 0,
      error: { status: 400, scimType: 'invalidSyntax' },
    });
    expect(second).toMatchObject({ kind: 'operation', index: 1 });
  });

  it('tells what it could read of a malformed operation', () => {
    expect(parseOne({ method: 'put', bulkId: 'x' })).toMatchObject({ method: 'PUT', bulkId: 'x' });
    expect(parseOne({ method: 'LOOK', bulkId: 3 })).toMatchObject({
      method: 'LOOK',
      bulkId: undefined,
    });
  });

  it('takes none of the POSTs that share a bulkId, since a reference could mean either', () => {
    const { entries } = parse(post, { ...post, path: '/Groups' }, { ...post, bulkId: 'b' });

    expect(entries.map(({ kind }) => kind)).toEqual(['malformed', 'malformed', 'operation']);
    expect(entries[1]).toMatchObject({ error: { status: 400, scimType: 'invalidValue' } });
  });

  it('lets other methods have the bulkId of a POST, or share one', () => {
    const put = { method: 'PUT', path: '/Users/1', bulkId: 'a', data: {} };

    expect(parse(post, put, put).entries.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 3 }, () => 'operation'),
    );
  });

  it.each([
    ['no object', 'text', 'invalidSyntax'],
    ['a list', [post], 'invalidSyntax'],
    ['no schema named', { schemas: [], Operations: [post] }, 'invalidSyntax'],
    ['other schemas', { schemas: ['urn:x'], Operations: [post] }, 'invalidSyntax'],
    ['no operations', { schemas }, 'invalidSyntax'],
    ['an empty list', { schemas, Operations: [] }, 'invalidSyntax'],
    ['operations that are no list', { schemas, Operations: post }, 'invalidSyntax'],
    ['failOnErrors 0', { schemas, Operations: [post], failOnErrors: 0 }, 'invalidValue'],
    ['failOnErrors -1', { schemas, Operations: [post], failOnErrors: -1 }, 'invalidValue'],
    ['failOnErrors 1.5', { schemas, Operations: [post], failOnErrors: 1.5 }, 'invalidValue'],
    ['failOnErrors "1"', { schemas, Operations: [post], failOnErrors: '1' }, 'invalidValue'],
  ])('refuses the whole of %s', (_, body, scimType) => {
    expect(() => parseBulkRequest(body)).toThrow(
      expect.objectContaining({ status: 400, scimType }),
    );
  });

  it('FIND S-9 takes a body without schemas for a BulkRequest', () => {
    expect(parseBulkRequest({ Operations: [post] })).toEqual(
      parseBulkRequest({ schemas, Operations: [post] }),
    );
  });

  it('finds a reference inside the JSON text of an operation without a path', () => {
    const patch = {
      method: 'PATCH',
      path: '/Users/1',
      data: {
        operations: [
          { op: 'add', value: '{"title":"bulkId:a"}' },
          { op: 'x', path: 'y' },
        ],
      },
    };
    const list = { ...patch, data: [{ op: 'add', value: '{"title":"bulkId:b"}' }] };

    expect(parse(patch, list).entries).toMatchObject([
      {
        data: {
          operations: [
            { op: 'add', value: { title: 'bulkId:a' } },
            { op: 'x', path: 'y' },
          ],
        },
      },
      { data: [{ op: 'add', value: { title: 'bulkId:b' } }] },
    ]);
    expect(parse(patch).entries[0]).toHaveProperty('references', new Set(['a']));
  });

  it('B7 S15 takes as many operations as are announced, and answers 413 to one more', () => {
    const remove = { method: 'DELETE', path: '/Users/1' };
    const most = Array.from({ length: bulkOperationsMax }, () => remove);

    expect(parse(...most).entries).toHaveLength(bulkOperationsMax);
    expect(() => parse(...most, remove)).toThrow(ScimError);
    expect(() => parse(...most, remove)).toThrow(expect.objectContaining({ status: 413 }));
  });
});
