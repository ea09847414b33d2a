import { Controller, Get, Headers, HttpStatus, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { anyone, Requires } from '../auth/requires.js';
import { isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { LastKnownTenants } from '../tenants/last-known-tenants.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { OAuthErrorFilter } from './oauth-error.filter.js';
import { findPresentedToken } from './presented-token.js';

/** `/api/jwt` (contract/oauth.md §8): the token is the credential. */
@Controller('/api/jwt')
@Requires(anyone)
@UseFilters(OAuthErrorFilter)
export class JwtController {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly tenants: LastKnownTenants,
  ) {}

  /** Whether the token is one of ours and its time is now; says nothing of grants. */
  @Get('/validate')
  async validate(
    @Headers('authorization') authorization: string | undefined,
    @Headers('cookie') cookie: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ jwt: JsonObject } | undefined> {
    const text = findPresentedToken(authorization, cookie);
    const claims = text === undefined ? undefined : await this.findClaims(text);
    if (claims !== undefined) return { jwt: claims };
    const challenge = text === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    void reply.code(HttpStatus.UNAUTHORIZED).header('WWW-Authenticate', challenge);
    return undefined;
  }

  private async findClaims(text: string): Promise<JsonObject | undefined> {
    const verified = await this.verifier.verifySignature(text);
    if ('fault' in verified) return undefined;
    const { tid } = verified.claims;
    const isOfTenant =
      typeof tid === 'string' && isUuid(tid) && (await this.tenants.find(tid)) !== undefined;
    return isOfTenant ? verified.claims : undefined;
  }
}
