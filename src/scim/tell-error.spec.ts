import { Logger } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { DomainError, type DomainErrorCode } from '../kernel/domain-error.js';
import { tellError } from './tell-error.js';

const tell = (error: unknown) => tellError(error, 'request-1', new Logger());

describe('tellError', () => {
  it.each<[DomainErrorCode, number, string | undefined]>([
    ['not_found', 404, undefined],
    ['conflict', 409, 'uniqueness'],
    ['invalid', 400, 'invalidValue'],
    ['forbidden', 403, undefined],
    ['version_mismatch', 412, undefined],
    ['too_large', 413, undefined],
    ['too_many', 400, 'tooMany'],
    ['unavailable', 503, undefined],
    ['not_implemented', 501, undefined],
  ])('tells %s as %i', (code, status, scimType) => {
    expect(tell(new DomainError(code, 'A sentence.'))).toMatchObject({ status, scimType });
  });

  it('names the attributes that a search with too much to read can be narrowed by', () => {
    const { detail } = tell(new DomainError('too_many', 'Too many rows.'));

    for (const attribute of ['userName', 'externalId', 'emails.value', 'members.value'])
      expect(detail).toContain(attribute);
  });
});
