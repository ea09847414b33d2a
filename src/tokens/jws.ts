import { sign, verify } from 'node:crypto';
import type { JsonObject } from '../kernel/json.js';
import { isJsonObject } from '../kernel/json.js';
import type { Signer, Verifier } from '../keys/signing-key.js';
import { hasLowerS, toLowerS } from './lower-s.js';

/** A token longer than this is neither issued nor read: it would not fit beside the other headers of a request. */
export const tokenCharactersMax = 8_192;

/** A compact JWS taken apart, nothing of it believed yet. */
export interface ParsedJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/**
 * The first member of a header whose signature has the lower `s`: an ECDSA signature has a twin that is as good, and a
 * token must not have two texts. Tokens of earlier versions begin with `typ`, have either, and stay good until they end. The
 * order means nothing to other readers (RFC 8259 §4), and nobody can change it, because it is signed.
 */
const firstOfLowerS = 'kid';

/** @returns the compact serialisation (RFC 7515 §7.1), signed with the one algorithm of the key */
export function signJws(header: JsonObject, payload: JsonObject, signer: Signer): string {
  const ofKey = { [firstOfLowerS]: signer.kid, alg: signer.algorithm };
  // Twice: for the order, and because the key decides whatever the header says.
  const protectedHeader = { ...ofKey, ...header, ...ofKey };
  const signingInput = `${encode(protectedHeader)}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(signingInput), {
    key: signer.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signingInput}.${toLowerS(signature).toString('base64url')}`;
}

/** @returns undefined when the text is not a compact JWS with JSON objects in it */
export function parseJws(text: string): ParsedJws | undefined {
  if (text.length > tokenCharactersMax) return undefined;
  const parts = text.split('.');
  const [header, payload, signature] = parts;
  if (
    parts.length !== 3 ||
    header === undefined ||
    payload === undefined ||
    signature === undefined
  )
    return undefined;
  if (!parts.every((part) => base64url.test(part))) return undefined;
  const decoded = { header: decode(header), payload: decode(payload) };
  if (decoded.header === undefined || decoded.payload === undefined) return undefined;
  const bytes = Buffer.from(signature, 'base64url');
  // Two spellings of one signature would be two tokens: the last character's spare bits must be as we write them.
  if (bytes.toString('base64url') !== signature) return undefined;
  return {
    header: decoded.header,
    payload: decoded.payload,
    signingInput: `${header}.${payload}`,
    signature: bytes,
  };
}

/** Whether the key made the signature. The key decides on the algorithm, never the token (RFC 8725 §3.1). */
export function isSignedBy(jws: ParsedJws, verifier: Verifier): boolean {
  if (Object.keys(jws.header)[0] === firstOfLowerS && !hasLowerS(jws.signature)) return false;
  const key = { key: verifier.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(jws.signingInput), key, jws.signature);
}

const base64url = /^[A-Za-z0-9_-]+$/;

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
