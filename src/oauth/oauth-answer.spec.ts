import { describe, expect, it, jest } from '@jest/globals';
import { DomainError } from '../kernel/domain-error.js';
import { TokenRequestError } from '../tokens/token-request-error.js';
import { toOAuthError } from './oauth-answer.js';
import { OAuthError } from './oauth-error.js';

const quiet = () => ({ warn: jest.fn(), error: jest.fn() });

describe('toOAuthError', () => {
  it.each([
    [new OAuthError('wrongClient'), 'wrongClient'],
    [new TokenRequestError('invalid_target_entity_scope', 'Said.'), 'invalidTargetScope'],
    [new TokenRequestError('invalid_entity_permission_scope', 'Said.'), 'invalidPermissionScope'],
    [new TokenRequestError('invalid_client_authentication', 'Said.'), 'wrongClient'],
    [Object.assign(new Error('too large'), { statusCode: 413 }), 'bodyTooLarge'],
    [Object.assign(new Error('no type'), { statusCode: 415 }), 'malformedRequest'],
  ])('tells the client what it did: %s', (error, kind) => {
    const log = quiet();

    expect(toOAuthError(error, log).kind).toBe(kind);
    expect(log.warn).not.toHaveBeenCalled();
    expect(log.error).not.toHaveBeenCalled();
  });

  it('passes on what is said about a scope', () => {
    const error = toOAuthError(
      new TokenRequestError('invalid_target_entity_scope', 'Said.'),
      quiet(),
    );

    expect(error.toBody().error_description).toBe('Said.');
  });

  it('D3 asks for patience when the database is away', () => {
    const error = toOAuthError(
      new DomainError('unavailable', 'connect ECONNREFUSED 10.0.0.7'),
      quiet(),
    );

    expect(error).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(JSON.stringify(error.toBody())).not.toContain('10.0.0.7');
  });

  it.each([
    new Error('select * from secrets'),
    'text',
    undefined,
    DomainError.notFound('signing key', 'x'),
  ])('A7 logs what nobody expected and keeps it to itself: %s', (cause) => {
    const log = quiet();

    const error = toOAuthError(cause, log);

    expect(error.status).toBe(500);
    expect(JSON.stringify(error.toBody())).not.toContain('secrets');
    expect(log.error).toHaveBeenCalledWith({ err: cause }, expect.any(String));
  });
});

describe('OAuthError', () => {
  it('names the scheme with every 401', () => {
    expect(new OAuthError('wrongClient').headers).toEqual({
      'WWW-Authenticate': expect.stringMatching(/^Basic realm=/),
    });
    expect(new OAuthError('missingToken').headers).toEqual({});
  });
});
