import { describe, expect, it } from '@jest/globals';
import {
  countDefault,
  countMax,
  parseListQuery,
  parseSearchRequest,
  searchRequestUrn,
  toListResponse,
} from './list.js';

describe('parseListQuery', () => {
  it.each([
    ['G9', {}, 1, countDefault],
    ['G1', { startIndex: '0' }, 1, 100],
    ['G1', { startIndex: '-5', count: '7' }, 1, 7],
    ['G2', { count: '0' }, 1, 0],
    ['G2', { count: '-1' }, 1, 0],
    ['G10', { count: '1000000' }, 1, countMax],
    ['S16', { startIndex: '9000000000000000000' }, Number.MAX_SAFE_INTEGER, 100],
    ['empty', { startIndex: '', count: '' }, 1, 100],
  ])('%s reads %j as startIndex %d and count %d', (_id, query, startIndex, count) => {
    expect(parseListQuery(query)).toMatchObject({ startIndex, count });
  });

  it.each([
    [{ startIndex: 'one' }],
    [{ count: '1.5' }],
    [{ count: '1e2' }],
    [{ startIndex: '9e18' }],
    [{ count: ['1', '2'] }],
    [{ count: true }],
    [{ filter: ['a', 'b'] }],
    [{ attributes: [5] }],
  ])('G8 refuses %j with invalidValue', (query) => {
    expect(() => parseListQuery(query)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
  });

  it('hands on filter, sort and names as they were written', () => {
    const query = {
      filter: '',
      sortBy: 'userName',
      sortOrder: 'descending',
      attributes: 'a,b',
      excludedAttributes: ['c', 'd'],
      other: 'x',
    };

    expect(parseListQuery(query)).toMatchObject({
      filter: '',
      sortBy: 'userName',
      sortOrder: 'descending',
      attributes: ['a,b'],
      excludedAttributes: ['c', 'd'],
    });
  });
});

describe('parseSearchRequest', () => {
  it('Q4 reads a body as the query that asks the same', () => {
    const body = {
      schemas: [searchRequestUrn],
      filter: 'title pr',
      startIndex: 5,
      Count: 10,
      attributes: ['a', 'b'],
      sortBy: null,
    };
    const query = { filter: 'title pr', startIndex: '5', count: '10', attributes: ['a', 'b'] };

    expect(parseSearchRequest(body)).toEqual(parseListQuery(query));
  });

  it('FIND S-9 takes a body without schemas for a SearchRequest', () => {
    expect(parseSearchRequest({ count: 5 })).toEqual(parseListQuery({ count: '5' }));
  });

  it.each([
    [undefined],
    [[]],
    [{ schemas: [] }],
    [{ schemas: null }],
    [{ schemas: ['urn:x:y'] }],
    [{ schemas: searchRequestUrn }],
  ])('Q5 refuses %j with invalidSyntax', (body) => {
    expect(() => parseSearchRequest(body)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidSyntax' }),
    );
  });

  it('G8 refuses numbers that are none', () => {
    const body = { schemas: [searchRequestUrn], count: 1.5 };

    expect(() => parseSearchRequest(body)).toThrow(
      expect.objectContaining({ scimType: 'invalidValue' }),
    );
  });
});

describe('toListResponse', () => {
  it('G4 tells how many are in this answer and R3 how many there are', () => {
    expect(toListResponse({ resources: [{ id: '1' }], total: 11, startIndex: 6 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 11,
      startIndex: 6,
      itemsPerPage: 1,
      Resources: [{ id: '1' }],
    });
  });
});
