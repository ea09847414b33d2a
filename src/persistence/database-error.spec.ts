import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { DomainError } from '../kernel/domain-error.js';
import {
  foreignKeyViolation,
  toDomainError,
  translateUnique,
  uniqueViolation,
} from './database-error.js';

function coded(code: string, message = 'as the driver says it', more: object = {}): Error {
  return Object.assign(new Error(message), { code, ...more });
}

const away = [
  ...[
    '08000',
    '08006',
    '53100',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '58030',
    '40001',
    '40P01',
    '55P03',
    '25006',
  ],
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'],
  ...[
    'SQLITE_BUSY',
    'SQLITE_LOCKED',
    'SQLITE_IOERR',
    'SQLITE_FULL',
    'SQLITE_CANTOPEN',
    'SQLITE_READONLY',
  ],
];

const defects = [
  '23505',
  '23503',
  '22P02',
  '42601',
  '42P01',
  '22001',
  'SQLITE_CONSTRAINT',
  'SQLITE_ERROR',
  'SQLITE_CORRUPT',
  'ENOENT',
];

describe('toDomainError', () => {
  it.each(away)('tells %s as unavailable and keeps the cause', (code) => {
    const cause = coded(code);

    expect(toDomainError(cause)).toMatchObject({ code: 'unavailable', cause });
    expect(toDomainError(new QueryFailedError('select 1', [], cause))).toMatchObject({
      code: 'unavailable',
    });
    expect(toDomainError(new Error('around it', { cause }))).toMatchObject({ code: 'unavailable' });
  });

  it.each([
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('knows "%s", which has no code', (message) => {
    expect(toDomainError(new Error(message))).toMatchObject({ code: 'unavailable' });
  });

  it.each(defects)('leaves %s alone: it will not go away by waiting', (code) => {
    expect(toDomainError(coded(code))).toBeUndefined();
  });

  it.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }, new Error('plain')])(
    'makes nothing of %p',
    (thrown) => {
      expect(toDomainError(thrown)).toBeUndefined();
    },
  );

  it('leaves an error that is ours as it is, and stands one that is its own cause', () => {
    const ours = DomainError.notFound('user', 'x');
    const loop = new Error('loop');
    loop.cause = loop;

    expect(toDomainError(ours)).toBe(ours);
    expect(toDomainError(loop)).toBeUndefined();
  });
});

describe('violations', () => {
  const postgres = coded('23505', 'duplicate key value violates unique constraint "users_login"', {
    constraint: 'users_login',
  });
  const sqlite = coded(
    'SQLITE_CONSTRAINT',
    'SQLITE_CONSTRAINT: UNIQUE constraint failed: users.tenant_id, users.login_key',
  );
  const rule = {
    constraint: 'users_login',
    columns: 'users.tenant_id, users.login_key',
    problem: () => ({ field: 'userName', rule: 'duplicate', message: 'Taken.' }) as const,
  };

  it('finds the name of a broken unique index, or its columns', () => {
    expect(uniqueViolation(postgres)).toEqual({ constraint: 'users_login', columns: undefined });
    expect(uniqueViolation(new QueryFailedError('insert', [], sqlite))).toEqual({
      constraint: undefined,
      columns: 'users.tenant_id, users.login_key',
    });
    expect(uniqueViolation(coded('23503'))).toBeUndefined();
  });

  it.each([postgres, sqlite])('makes a conflict of a duplicate: %s', (error) => {
    expect(() => translateUnique(error, [rule])).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  it('throws on what no rule knows', () => {
    const other = coded('23505', 'other', { constraint: 'others' });

    expect(() => translateUnique(other, [rule])).toThrow(other);
    expect(() => translateUnique(new Error('plain'), [rule])).toThrow('plain');
  });

  it.each([
    ['23503', { constraint: 'entities_type' }],
    ['23001', { constraint: 'entities_type' }],
  ])('finds the broken reference of %s', (code, expected) => {
    expect(foreignKeyViolation(coded(code, 'm', { constraint: 'entities_type' }))).toEqual(
      expected,
    );
  });

  it('finds a broken reference on SQLite, which does not say which', () => {
    const error = coded('SQLITE_CONSTRAINT', 'SQLITE_CONSTRAINT: FOREIGN KEY constraint failed');

    expect(foreignKeyViolation(error)).toEqual({ constraint: undefined });
  });
});
