import { Injectable } from '@nestjs/common';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import { GrantService } from '../entities/grant.service.js';
import { Clock } from '../kernel/clock.js';
import { isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { KeyService } from '../keys/key.service.js';
import { isServed, type Tenant } from '../tenants/tenant.js';
import { type TenantContext, tenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import { isSignedBy, parseJws, type ParsedJws } from './jws.js';
import {
  firstIssueSeconds,
  recordedLifetimeSecondsMin,
  type TokenFault,
  type Verification,
} from './token.js';
import { TokenMemory } from './token-memory.js';
import { TokenRepository } from './token.repository.js';

/** How far another machine's clock may be ahead of ours. */
const clockSkewSeconds = 60;

/** A `kid` is a thumbprint of 43 characters; a longer one than this is nobody's. */
const kidCharactersMax = 128;

/** What a token that went through every check of its own says. */
interface Claims {
  readonly sub: string;
  readonly tid: string;
  readonly jti: string;
  readonly iss: string;
  readonly exp: number;
  readonly iat: number;
  readonly audience: readonly string[];
  readonly permissions: Readonly<Record<string, readonly string[]>>;
}

/**
 * Verifies client-credentials tokens for every face: first the token itself (signature, kind, time), then
 * against what is true now (tenant, entities, grant, revocation). Nothing in a token names a key to fetch.
 */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly keys: KeyService,
    private readonly tenants: TenantService,
    private readonly entities: EntityService,
    private readonly grants: GrantService,
    private readonly tokens: TokenRepository,
    private readonly memory: TokenMemory,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether one of our keys signed it and its time is now; says nothing of tenant, client or grant.
   * @returns the claims, or why not
   */
  async verifySignature(
    text: string,
  ): Promise<{ claims: JsonObject; header: JsonObject } | { fault: TokenFault }> {
    const jws = parseJws(text);
    if (jws === undefined) return { fault: 'malformed' };
    const fault = (await this.findSignatureFault(jws)) ?? this.findTimeFault(jws.payload);
    return fault === undefined ? { claims: jws.payload, header: jws.header } : { fault };
  }

  /** Verifies a client-credentials token and what it still allows. */
  async verify(text: string, requestId: string): Promise<Verification> {
    let refusal: Verification | undefined;
    const token = await this.memory.verification(text, async () => {
      const verification = await this.verifyAnew(text, requestId);
      if (verification.isGood) return verification.token;
      refusal = verification;
      return undefined;
    });
    if (token !== undefined) return { isGood: true, token };
    if (refusal === undefined) throw new Error('a verification has an outcome');
    return refusal;
  }

  private async verifyAnew(text: string, requestId: string): Promise<Verification> {
    const verified = await this.verifySignature(text);
    if ('fault' in verified) return refused(verified.fault);
    if (!isClientToken(verified.header)) return refused('wrong_kind');
    const claims = readClaims(verified.claims);
    if (claims === undefined) return refused('wrong_kind');

    const tenant = await this.tenants.find(claims.tid);
    if (tenant === undefined || !isServed(tenant)) return refused('no_longer_granted');
    if (![tenant.issuer, ...tenant.earlierIssuers].includes(claims.iss))
      return refused('wrong_issuer');
    const context = tenantContext(
      { actor: { kind: 'scim_client', id: claims.sub }, requestId },
      tenant.id,
    );
    if (await this.isRevoked(context, claims)) return refused('revoked');
    return this.verifyGrants(context, tenant, claims, verified.claims);
  }

  private async verifyGrants(
    context: TenantContext,
    tenant: Tenant,
    claims: Claims,
    rawClaims: JsonObject,
  ): Promise<Verification> {
    const found = await this.entities.findAll(context, [
      ...new Set([claims.sub, ...claims.audience]),
    ]);
    const byId = new Map(found.map((entity) => [entity.id, entity]));
    const client = byId.get(claims.sub);
    if (client === undefined) return refused('no_longer_granted');
    const targets: Entity[] = [];
    const permissions = new Map<string, ReadonlySet<string>>();
    for (const id of claims.audience) {
      const target = byId.get(id);
      const held = await this.grants.findHeld(context, id, client.id);
      if (target === undefined || held === undefined) return refused('no_longer_granted');
      // Of a grant that was taken away and given again.
      if (claims.iat < firstIssueSeconds(held.created)) return refused('no_longer_granted');
      targets.push(target);
      permissions.set(
        id,
        new Set((claims.permissions[id] ?? []).filter((name) => held.permissions.includes(name))),
      );
    }
    return { isGood: true, token: { tenant, client, permissions, targets, claims: rawClaims } };
  }

  private async findSignatureFault(jws: ParsedJws): Promise<TokenFault | undefined> {
    if (untrustedHeaders.some((name) => Object.hasOwn(jws.header, name))) return 'bad_signature';
    const { kid, alg } = jws.header;
    if (typeof kid !== 'string' || kid.length > kidCharactersMax) return 'bad_signature';
    const verifier = await this.keys.findVerifier(kid);
    if (verifier === undefined || verifier.algorithm !== alg) return 'bad_signature';
    return isSignedBy(jws, verifier) ? undefined : 'bad_signature';
  }

  private findTimeFault(claims: JsonObject): TokenFault | undefined {
    const nowSeconds = this.clock.now() / 1000;
    const { exp, iat, nbf } = claims;
    if (typeof exp !== 'number') return 'wrong_kind';
    if (exp <= nowSeconds) return 'expired';
    const starts = [iat, nbf].filter((time) => time !== undefined);
    if (!starts.every((time) => typeof time === 'number')) return 'wrong_kind';
    return starts.every((time) => time <= nowSeconds + clockSkewSeconds)
      ? undefined
      : 'not_yet_valid';
  }

  /** A long-lived token without its record was not issued by this database, or its record was taken away. */
  private async isRevoked(context: TenantContext, claims: Claims): Promise<boolean> {
    if (claims.exp - claims.iat <= recordedLifetimeSecondsMin) return false;
    const record = await this.tokens.find(context, claims.jti);
    return record === undefined || record.revokedAt !== undefined;
  }
}

/** Extensions we do not know (RFC 7515 §4.1.11) and every way to bring one's own key. */
const untrustedHeaders = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'];

function refused(fault: TokenFault): Verification {
  return { isGood: false, fault };
}

function isClientToken(header: JsonObject): boolean {
  const { gty } = header;
  return Array.isArray(gty) && gty.length === 1 && gty[0] === 'client_credentials';
}

function readClaims(claims: JsonObject): Claims | undefined {
  const { sub, tid, jti, iss, exp, iat, aud } = claims;
  const audience = aud === undefined ? [] : Array.isArray(aud) ? aud : [aud];
  const permissions = readPermissions(claims.permissions);
  const areIds = [sub, tid, jti, ...audience].every((id) => typeof id === 'string' && isUuid(id));
  if (!areIds || typeof iss !== 'string' || typeof exp !== 'number' || typeof iat !== 'number')
    return undefined;
  if (permissions === undefined) return undefined;
  return {
    sub: String(sub),
    tid: String(tid),
    jti: String(jti),
    iss,
    exp,
    iat,
    audience: audience.map(String),
    permissions,
  };
}

function readPermissions(claim: unknown): Record<string, string[]> | undefined {
  if (claim === undefined) return {};
  if (typeof claim !== 'object' || claim === null) return undefined;
  const entries = Object.entries(claim).map(
    ([id, names]: [string, unknown]): [string, string[]] | undefined =>
      Array.isArray(names) && names.every((name) => typeof name === 'string')
        ? [id, names]
        : undefined,
  );
  return entries.includes(undefined)
    ? undefined
    : Object.fromEntries(entries.filter((entry) => entry !== undefined));
}
