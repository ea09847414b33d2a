import type { Entity } from '../entities/entity.js';
import type { JsonObject } from '../kernel/json.js';
import type { Tenant } from '../tenants/tenant.js';

/** What was issued for longer than an hour; shorter tokens end before anybody would look them up. */
export interface TokenRecord {
  readonly jti: string;
  readonly clientId: string;
  readonly targetId: string | undefined;
  readonly keyId: string;
  /** By the id of the target entity. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  readonly label: string | undefined;
  readonly issued: number;
  readonly ends: number;
  readonly revokedAt: number | undefined;
}

/** Tokens that live longer than this are recorded, and can therefore be listed and revoked. */
export const recordedLifetimeSecondsMin = 3600;

/** So many tokens of a client, those that end last, can be looked up for ever: they say when it lost its access. */
export const lastTokensMax = 5;

/**
 * The first `iat` under which a token of a grant is good. A token has whole seconds, so the second in which the grant was
 * made counts as after it.
 */
export function firstIssueSeconds(granted: number): number {
  return Math.floor(granted / 1000);
}

/** An access token as it is handed to the client. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly jti: string;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}

/** A target of a token, and what the token allows there. */
export interface GrantedTarget {
  readonly entity: Entity;
  readonly permissions: readonly string[];
  /** When the grant was made, in milliseconds since the epoch. */
  readonly granted: number;
}

/** A client-credentials token that was checked against what is true now. */
export interface VerifiedToken {
  readonly tenant: Tenant;
  readonly client: Entity;
  /** What is still both in the token and in the grant, by the id of the target entity. */
  readonly permissions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly targets: readonly Entity[];
  readonly claims: JsonObject;
}

/** Why a token is not good; the words are ours and are shown to whoever presents it. */
export type TokenFault =
  | 'malformed'
  | 'wrong_kind'
  | 'bad_signature'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_issuer'
  | 'revoked'
  | 'no_longer_granted';

export type Verification =
  | { readonly isGood: true; readonly token: VerifiedToken }
  | { readonly isGood: false; readonly fault: TokenFault };
