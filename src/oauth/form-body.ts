import { OAuthError } from './oauth-error.js';

/** A scope has at most 8 KiB, three times that when it is encoded: a larger form is nobody's. */
export const formBytesMax = 32 * 1024;

/** The parameters of a form, each with a value and each once. */
export type Form = ReadonlyMap<string, string>;

/** A body as it arrived, with the headers that say how to read it. */
export interface FormSource {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Buffer;
}

/**
 * Reads the body of a request as a form.
 * @throws OAuthError when it is something else, and whenever parseForm throws
 */
export function readForm({ contentType, contentEncoding, body }: FormSource): Form {
  const isPlain =
    contentEncoding === undefined || contentEncoding === '' || contentEncoding === 'identity';
  if (!isPlain) throw new OAuthError('notAForm', 'Compressed bodies are not read.');
  if (body.length === 0) return new Map();
  if (!formType.test(contentType ?? '')) throw new OAuthError('notAForm');
  return parseForm(body.toString('utf8'));
}

/**
 * Reads `a=1&b=2`. A parameter without a value counts as not sent, and none may be sent twice (RFC 6749 §3.2).
 * @throws OAuthError for a parameter that is there twice, and for a NUL, which no database can look up
 */
export function parseForm(text: string): Form {
  const seen = new Set<string>();
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (seen.has(name)) throw new OAuthError('parameterTwice');
    if (value.includes('\0')) throw new OAuthError('malformedRequest');
    seen.add(name);
    if (value !== '') form.set(name, value);
  }
  return form;
}

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;
