import type { KeyObject } from 'node:crypto';

/** The algorithms (RFC 7518 §3.1) that we sign with. */
export type SigningAlgorithm = 'ES256';

export type KeyState = 'next' | 'signing' | 'retired';

/** The public half, as a JWKS publishes it (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly alg: SigningAlgorithm;
  readonly kid: string;
  readonly use: 'sig';
}

/** A signing key without its private half. Instants are milliseconds. */
export interface SigningKey {
  readonly id: string;
  readonly kid: string;
  readonly name: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: PublicJwk;
  readonly state: KeyState;
  readonly notBefore: number;
  readonly retireAfter: number | undefined;
  readonly created: number;
}

/** What signs: the private key stays inside the process. */
export interface Signer {
  readonly keyId: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
}

/** What verifies signatures of one `kid`, by its own algorithm and no other. */
export interface Verifier {
  readonly keyId: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
}
