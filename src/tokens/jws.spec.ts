import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Signer, Verifier } from '../keys/signing-key.js';
import { isSignedBy, parseJws, type ParsedJws, signJws } from './jws.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer: Signer = { keyId: 'id', kid: 'thumbprint', algorithm: 'ES256', privateKey };
const verifier: Verifier = { keyId: 'id', kid: 'thumbprint', algorithm: 'ES256', publicKey };
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const header = { typ: 'JWT', gty: ['client_credentials'] };

function parsed(text: string): ParsedJws {
  const jws = parseJws(text);
  if (jws === undefined) throw new Error(`${text} is no JWS`);
  return jws;
}

/** The same r with n - s, which every verifier that knows only the mathematics takes. */
function twinOf(signature: Buffer): Buffer {
  const s = order - BigInt(`0x${signature.toString('hex', 32)}`);
  return Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]);
}

function sOf({ signature }: ParsedJws): bigint {
  return BigInt(`0x${signature.toString('hex', 32)}`);
}

/** As versions before the lower `s` signed: the header's members in another order, either signature. */
function signedByEarlierVersion(jti: number): ParsedJws {
  const members = { ...header, alg: 'ES256', kid: 'thumbprint' };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode(members)}.${encode({ jti })}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return parsed(`${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`);
}

const many = Array.from({ length: 64 }, (_, index) => index);

describe('signJws', () => {
  it('FIND R-12 signs with the lower s, and others can verify it', () => {
    for (const jti of many) {
      const jws = parsed(signJws(header, { jti }, signer));

      expect(sOf(jws) <= order / 2n).toBe(true);
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', Buffer.from(jws.signingInput), key, jws.signature)).toBe(true);
      expect(isSignedBy(jws, verifier)).toBe(true);
    }
  });

  it('lets the key decide on kid and alg, whatever the header says', () => {
    const { header: signed } = parsed(signJws({ alg: 'none', kid: 'x', ...header }, {}, signer));

    expect(signed).toEqual({ ...header, alg: 'ES256', kid: 'thumbprint' });
  });
});

describe('isSignedBy', () => {
  it('FIND R-12 refuses the twin of a signature', () => {
    for (const jti of many) {
      const jws = parsed(signJws(header, { jti }, signer));

      expect(isSignedBy({ ...jws, signature: twinOf(jws.signature) }, verifier)).toBe(false);
    }
  });

  it('FIND R-12 goes on taking tokens of earlier versions, with whichever s', () => {
    const tokens = many.map(signedByEarlierVersion);

    expect(new Set(tokens.map((jws) => sOf(jws) > order / 2n))).toEqual(new Set([true, false]));
    for (const jws of tokens) expect(isSignedBy(jws, verifier)).toBe(true);
  });

  it('FIND R-12 cannot be told that a token is of an earlier version', () => {
    const jws = parsed(signJws(header, { jti: 1 }, signer));
    const reordered = Buffer.from(
      JSON.stringify({ typ: 'JWT', ...jws.header, kid: 'thumbprint' }),
    ).toString('base64url');
    const [, payload] = jws.signingInput.split('.');
    const forged = parsed(`${reordered}.${payload}.${twinOf(jws.signature).toString('base64url')}`);

    expect(isSignedBy(forged, verifier)).toBe(false);
  });

  it.each([0, 1, 31, 32, 33, 63, 65, 128])('refuses a signature of %d bytes', (length) => {
    const jws = parsed(signJws(header, {}, signer));
    const signature = Buffer.alloc(length, jws.signature);

    expect(isSignedBy({ ...jws, signature }, verifier)).toBe(false);
  });

  it('refuses s = 0 and s = n', () => {
    const jws = parsed(signJws(header, {}, signer));
    const r = jws.signature.subarray(0, 32);

    for (const s of [0n, order]) {
      const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
      expect(isSignedBy({ ...jws, signature: Buffer.concat([r, bytes]) }, verifier)).toBe(false);
    }
  });
});

describe('parseJws', () => {
  const text = signJws(header, { jti: 'x' }, signer);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  it('FIND M5 takes one spelling of a signature: spare bits of the last character are zero', () => {
    const last = alphabet.indexOf(text.at(-1) ?? '');
    const spellings = [1, 2, 3].map((bits) => `${text.slice(0, -1)}${alphabet[last + bits]}`);

    // 64 bytes are 86 characters, and the last one has four bits to spare.
    expect(last % 16).toBe(0);
    for (const other of spellings) {
      expect(Buffer.from(other.split('.')[2] ?? '', 'base64url')).toEqual(parsed(text).signature);
      expect(parseJws(other)).toBeUndefined();
    }
  });

  it.each([
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.AAAA.AAAA'],
    ['an empty signature', 'e30.e30.'],
    ['a list for a header', 'W10.e30.AAAA'],
    ['null for a payload', 'e30.bnVsbA.AAAA'],
    ['standard base64', 'e30.e30.++++'],
    ['padding', 'e30.e30.AA=='],
    ['a blank', 'e30.e30. AAAA'],
    ['more than 8,192 characters', `e30.e30.${'A'.repeat(8_192)}`],
  ])('takes nothing for a JWS that has %s', (_what, other) => {
    expect(parseJws(other)).toBeUndefined();
  });
});
