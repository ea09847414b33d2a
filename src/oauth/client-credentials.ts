import type { Form } from './form-body.js';
import { OAuthError } from './oauth-error.js';

/**
 * What a client presents as itself. The header can be meant in two ways, so each text is a list of the ways
 * to read it, the likeliest first.
 */
export interface ClientCredentials {
  readonly clientIds: readonly string[];
  readonly clientSecrets: readonly string[];
}

/**
 * The client's authentication, by `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1).
 * @returns undefined when the request has none
 * @throws OAuthError when there is more than one, or half of one
 */
export function readClientCredentials(
  authorization: string | undefined,
  form: Form,
): ClientCredentials | undefined {
  const clientId = form.get('client_id');
  const clientSecret = form.get('client_secret');
  const isInBody = clientSecret !== undefined || form.has('client_assertion');
  if (authorization !== undefined && authorization.trim() !== '') {
    const basic = parseBasicCredentials(authorization);
    if (clientId !== undefined && !basic.clientIds.includes(clientId))
      throw new OAuthError('clientIdMismatch');
    if (isInBody) throw new OAuthError('twoAuthentications');
    return basic;
  }
  if (clientSecret === undefined) return undefined;
  if (form.has('client_assertion')) throw new OAuthError('twoAuthentications');
  if (clientId === undefined) throw new OAuthError('missingClientId');
  return { clientIds: [clientId], clientSecrets: [clientSecret] };
}

/**
 * Reads `Basic <base64 of id:secret>`. FusionAuth's clients put both in as they are, also with `+` and `%`;
 * those that follow RFC 6749 §2.3.1 to the letter form-encode them first. Neither says which.
 * @throws OAuthError
 */
export function parseBasicCredentials(header: string): ClientCredentials {
  const [scheme = '', encoded = '', ...rest] = header.trim().split(/ +/);
  if (scheme.toLowerCase() !== 'basic') throw new OAuthError('wrongScheme');
  if (!base64.test(encoded) || rest.length > 0) throw new OAuthError('malformedBasic');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1 || text.includes('\0')) throw new OAuthError('malformedBasic');
  const clientId = text.slice(0, colon);
  const clientSecret = text.slice(colon + 1);
  if (clientId === '') throw new OAuthError('missingClientId');
  if (clientSecret === '') throw new OAuthError('missingClientSecret');
  return { clientIds: readings(clientId), clientSecrets: readings(clientSecret) };
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

function readings(text: string): readonly string[] {
  const decoded = decodeFormText(text);
  return decoded === undefined || decoded === text || decoded.includes('\0')
    ? [text]
    : [text, decoded];
}

function decodeFormText(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A stray percent sign: the text was not encoded at all.
    return undefined;
  }
}
