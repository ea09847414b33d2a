import {
  MethodNotAllowedException,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { TenantRequired } from '../auth/tenant-resolver.js';
import { requestError } from '../contract/request/request-error.js';
import { MalformedBody } from '../edge/malformed-body.js';
import { DomainError, type DomainErrorCode } from '../kernel/domain-error.js';
import { findErrorAnswer, unexpectedAnswer } from './error-answer.js';

describe('findErrorAnswer', () => {
  it.each<[DomainErrorCode, number, string | undefined]>([
    ['not_found', 404, undefined],
    ['forbidden', 401, undefined],
    ['conflict', 400, '[duplicate]'],
    ['invalid', 400, '[invalid]'],
    ['version_mismatch', 400, '[versionMismatch]'],
    ['too_large', 413, '[tooLarge]'],
    ['too_many', 400, '[tooMany]'],
    ['unavailable', 503, '[unavailable]'],
    ['not_implemented', 501, '[notImplemented]'],
  ])('tells %s as %i', (code, status, generalCode) => {
    const answer = findErrorAnswer(new DomainError(code, 'A sentence.'));

    expect(answer?.status).toBe(status);
    expect(answer?.body?.generalErrors.at(0)?.code).toBe(generalCode);
  });

  it('asks a caller to come again when the database is away', () => {
    const away = findErrorAnswer(
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    );

    expect(away).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(JSON.stringify(away)).not.toContain('5432');
  });

  it.each<[string, Error, number, string | undefined]>([
    ['a refused request', requestError('entity.name', 'blank', 'No.'), 400, '[blank]entity.name'],
    ['an unnamed tenant', new TenantRequired(), 400, '[TenantIdRequired]'],
    ['broken JSON', new MalformedBody(400, 'No.'), 400, '[invalidJSON]'],
    ['a body that is too large', new MalformedBody(413, 'No.'), 413, '[tooLarge]'],
    ['a wrong type', new MalformedBody(415, 'No.'), 400, '[invalid]'],
    ['no credential', new UnauthorizedException(), 401, undefined],
    ['no such path', new NotFoundException(), 404, undefined],
    ['no such method', new MethodNotAllowedException(), 405, undefined],
    [
      "Fastify's own refusal",
      Object.assign(new Error('No.'), { statusCode: 400 }),
      400,
      '[invalidJSON]',
    ],
  ])('tells %s', (_, error, status, code) => {
    const answer = findErrorAnswer(error);
    const codes = [
      ...Object.values(answer?.body?.fieldErrors ?? {}).flat(),
      ...(answer?.body?.generalErrors ?? []),
    ];

    expect(answer?.status).toBe(status);
    expect(codes.map((entry) => entry.code)).toEqual(code === undefined ? [] : [code]);
  });

  it('knows nothing of defects, whose own words go nowhere', () => {
    expect(findErrorAnswer(new TypeError('secret is undefined'))).toBeUndefined();
    expect(findErrorAnswer('text')).toBeUndefined();
    expect(unexpectedAnswer).toMatchObject({
      status: 500,
      body: { generalErrors: [{ code: '[Exception]' }] },
    });
  });
});
