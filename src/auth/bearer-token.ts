import { CredentialError } from './credential-error.js';

const usualScheme = 'Bearer ';

/**
 * The token of an `Authorization: Bearer …` header (RFC 6750 §2.1).
 * @throws CredentialError that says what was sent instead, for the person who pasted it
 */
export function parseBearerToken(header: string | undefined): string {
  if (header === undefined || header.trim() === '') {
    throw new CredentialError(
      undefined,
      'No Authorization header was sent; send "Authorization: Bearer <token>".',
    );
  }
  if (isUsual(header)) return header.slice(usualScheme.length);
  const [scheme = '', ...rest] = header.trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer') {
    throw new CredentialError(
      'invalid_request',
      'The Authorization header must be "Bearer <token>".',
    );
  }
  if (rest[0]?.toLowerCase() === 'bearer') {
    throw new CredentialError(
      'invalid_request',
      'The word Bearer is there twice: paste the token alone.',
    );
  }
  const [token] = rest;
  if (token === undefined || rest.length > 1) {
    throw new CredentialError(
      'invalid_request',
      'The Authorization header must hold one token after the word Bearer.',
    );
  }
  return token;
}

/**
 * As nearly everybody writes it: the search for words is slow in a text of a thousand characters. What is no longer than
 * the word Bearer may be that word again, and is looked at closely.
 */
function isUsual(header: string): boolean {
  const isLong = header.length > 2 * usualScheme.length;
  return isLong && header.startsWith(usualScheme) && !header.includes(' ', usualScheme.length);
}
