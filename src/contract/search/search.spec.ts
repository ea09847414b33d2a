import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../../kernel/condition.js';
import { RequestError } from '../request/request-error.js';
import { EntityCriteria, toEntitySearch } from './entity-search.js';
import { EntityTypeCriteria, toEntityTypeSearch } from './entity-type-search.js';
import { GrantCriteria, toGrantSearch } from './grant-search.js';
import { findOrder } from './order.js';
import { parseSearchBody, parseSearchQuery } from './parse-search.js';
import { TenantCriteria, toTenantSearch } from './tenant-search.js';
import { wildcardCondition } from './wildcard.js';

const id = '7d7d4a9c-1111-4222-8333-444455556666';

function fieldsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return error.problems.map(({ field }) => field).sort();
  }
}

/** What the databases do with such conditions, in memory. */
function isMet(condition: Condition, value: string): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((inner) => isMet(inner, value));
    case 'or':
      return condition.conditions.some((inner) => isMet(inner, value));
    case 'not':
      return !isMet(condition.condition, value);
    case 'compare': {
      const text = String(condition.value);
      const operators: Record<string, boolean> = {
        eq: value === text,
        co: value.includes(text),
        sw: value.startsWith(text),
        ew: value.endsWith(text),
        like: likePattern(text).test(value),
      };
      return operators[condition.operator] ?? false;
    }
    default:
      return false;
  }
}

function likePattern(text: string): RegExp {
  const literals = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's');
}

describe('wildcardCondition', () => {
  it.each([
    ['scim', ['scim', 'a scim server'], ['sci', '']],
    ['scim*', ['scim', 'scim server'], ['a scim']],
    ['*scim', ['scim', 'a scim'], ['scim server']],
    ['*scim*', ['scim', 'a scim server'], ['sci m']],
    ['a*c', ['ac', 'abc', 'abcc'], ['a', 'c', 'cba']],
    ['ab*ba', ['abba', 'ab-ba'], ['aba', 'ab', 'ba']],
    ['aa*aa', ['aaaa', 'aaaaa'], ['aa', 'aaa']],
    ['a*b*c', ['abc', 'a-b-c', 'abbc'], ['acb', 'abcd', 'ab']],
    ['*a*b', ['ab', 'xaxb'], ['abx', 'ba']],
    ['a*b*', ['ab', 'axbx'], ['xab', 'ba']],
    ['a**b***c', ['abc', 'a-b-c'], ['acb']],
    ['*', ['', 'anything'], []],
    ['**', ['', 'anything'], []],
    ['100%_\\', ['100%_\\'], ['100xx\\']],
  ])('%j finds the right names', (pattern, found, notFound) => {
    const condition = wildcardCondition('name', pattern, 'part');

    expect(found.filter((value) => !isMet(condition, value))).toEqual([]);
    expect(notFound.filter((value) => isMet(condition, value))).toEqual([]);
  });

  it('takes bare text as the whole value where it is told to', () => {
    expect(isMet(wildcardCondition('name', 'scim', 'whole'), 'a scim server')).toBe(false);
  });
});

describe('findOrder', () => {
  const columns = ['id', 'insertInstant', 'name'] as const;

  it.each([
    ['name', [{ field: 'name', isDescending: false }]],
    [' name  DESC ', [{ field: 'name', isDescending: true }]],
    [
      'INSERTINSTANT asc, id desc',
      [
        { field: 'insertInstant', isDescending: false },
        { field: 'id', isDescending: true },
      ],
    ],
    ['password', undefined],
    ['name sideways', undefined],
    ['name asc; drop table tenants', undefined],
    ['name,', undefined],
    ['', undefined],
    ['id,id,id,id', undefined],
  ])('reads %j', (text, expected) => {
    expect(findOrder(text, columns)).toEqual(expected);
  });
});

describe('a search by GET and by POST', () => {
  it('means the same', () => {
    const query = {
      name: 'Ac*',
      numberOfResults: '10',
      startRow: '20',
      orderBy: 'insertInstant DESC',
    };
    const search = {
      name: 'Ac*',
      numberOfResults: 10,
      startRow: 20,
      orderBy: 'insertInstant DESC',
    };

    const byQuery = toTenantSearch(parseSearchQuery(TenantCriteria, query));

    expect(byQuery).toEqual(toTenantSearch(parseSearchBody(TenantCriteria, { search })));
    expect(byQuery).toEqual({
      condition: { kind: 'compare', field: 'name', operator: 'sw', value: 'ac' },
      order: [{ field: 'insertInstant', isDescending: true }],
      page: { offset: 20, limit: 10 },
    });
  });

  it('has defaults for everything, also for the words of careless clients', () => {
    const query = {
      name: 'undefined',
      numberOfResults: '',
      orderBy: 'null',
      startRow: 'undefined',
    };

    expect(toEntityTypeSearch(parseSearchQuery(EntityTypeCriteria, query))).toEqual({
      condition: { kind: 'and', conditions: [] },
      order: [{ field: 'name', isDescending: false }],
      page: { offset: 0, limit: 25 },
    });
  });

  it('looks for a whole entity type name, and for a part of other names', () => {
    const type = toEntityTypeSearch(parseSearchQuery(EntityTypeCriteria, { name: 'SCIM' }));
    const grant = toGrantSearch(
      parseSearchQuery(GrantCriteria, { name: 'SCIM', entityId: id.toUpperCase() }),
    );

    expect(type.condition).toEqual({
      kind: 'compare',
      field: 'name',
      operator: 'eq',
      value: 'scim',
    });
    expect(grant.condition).toEqual({
      kind: 'and',
      conditions: [
        { kind: 'compare', field: 'recipientEntityId', operator: 'eq', value: id },
        { kind: 'compare', field: 'name', operator: 'co', value: 'scim' },
      ],
    });
  });

  it.each<[string, () => unknown, string[]]>([
    [
      'a query',
      () =>
        parseSearchQuery(TenantCriteria, { numberOfResults: 'many', startRow: '-1', orderBy: 'x' }),
      ['numberOfResults', 'orderBy', 'startRow'],
    ],
    [
      'a body',
      () => parseSearchBody(TenantCriteria, { search: { numberOfResults: 1001, name: 7 } }),
      ['search.name', 'search.numberOfResults'],
    ],
    ['a body without search', () => parseSearchBody(TenantCriteria, {}), ['search']],
    ['a search that is text', () => parseSearchBody(TenantCriteria, { search: 'x' }), ['search']],
    [
      'a grant search for two recipients',
      () => parseSearchQuery(GrantCriteria, { entityId: id, userId: id }),
      ['userId'],
    ],
    ['a repeated name', () => parseSearchQuery(TenantCriteria, { name: ['a', 'b'] }), ['name']],
    ['a NUL', () => parseSearchQuery(TenantCriteria, { name: 'a\0b' }), ['name']],
  ])('names what is wrong with %s', (_, work, fields) => {
    expect(fieldsOf(work)).toEqual(fields);
  });
});

describe('EntityCriteria', () => {
  it.each<[string, Record<string, string | string[]>]>([
    ['one id', { ids: id.toUpperCase() }],
    ['several', { ids: [id, id] }],
  ])('takes %s', (_, query) => {
    expect(new Set(parseSearchQuery(EntityCriteria, query).ids)).toEqual(new Set([id]));
  });

  it('reads the nested form of sort fields', () => {
    const query = {
      'sortFields[1].name': 'id',
      'sortFields[0].name': 'typeId',
      'sortFields[0].order': 'DESC',
    };

    expect(toEntitySearch(parseSearchQuery(EntityCriteria, query)).order).toEqual([
      { field: 'typeId', isDescending: true },
      { field: 'id', isDescending: false },
    ]);
  });

  it.each([
    'Raviga',
    '092dbded-30af-4149-9c61-b578f2c72f59',
    'scim-client_1.2',
    'Zürich',
    '*',
    'rav*',
    'r*v*a',
  ])('takes the term %j', (queryString) => {
    expect(fieldsOf(() => parseSearchBody(EntityCriteria, { search: { queryString } }))).toEqual(
      [],
    );
  });

  it.each([
    'name:Raviga',
    'two words',
    '"quoted"',
    '(a OR b)',
    '-not',
    '+must',
    'a~',
    'a^2',
    '[a TO b]',
  ])('refuses %j, which needs the query language', (queryString) => {
    expect(fieldsOf(() => parseSearchBody(EntityCriteria, { search: { queryString } }))).toEqual([
      'search.queryString',
    ]);
  });

  it('FIND C13 lets an empty list of ids win over nothing', () => {
    const search = { ids: [], queryString: 'two words' };

    expect(fieldsOf(() => parseSearchBody(EntityCriteria, { search }))).toEqual([
      'search.queryString',
    ]);
  });

  it('lets ids win over what it could not do', () => {
    const search = {
      ids: [id],
      query: '{"match_all":{}}',
      queryString: 'name:x',
      nextResults: 'abc',
    };

    expect(fieldsOf(() => parseSearchBody(EntityCriteria, { search }))).toEqual([]);
    expect(
      fieldsOf(() => parseSearchBody(EntityCriteria, { search: { ...search, ids: null } })),
    ).toEqual(['search.nextResults', 'search.query', 'search.queryString']);
  });

  it('refuses sort fields that do not exist', () => {
    const search = {
      sortFields: [
        { name: 'name' },
        { name: 'clientSecret' },
        { name: 'id', order: 'up', missing: 'x' },
      ],
    };

    expect(fieldsOf(() => parseSearchBody(EntityCriteria, { search }))).toEqual([
      'search.sortFields[1].name',
      'search.sortFields[2].missing',
      'search.sortFields[2].order',
    ]);
  });
});
