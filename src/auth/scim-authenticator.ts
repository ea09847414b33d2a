import { Injectable } from '@nestjs/common';
import { tenantContext } from '../tenants/tenant-context.js';
import type { TokenFault, VerifiedToken } from '../tokens/token.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { parseBearerToken } from './bearer-token.js';
import { CredentialError } from './credential-error.js';
import type { ScimCaller } from './scim-caller.js';

/** From a bearer token to a SCIM client in a tenant (contract/scim.md §2). */
@Injectable()
export class ScimAuthenticator {
  constructor(private readonly verifier: TokenVerifier) {}

  /** @throws CredentialError when the token is not one that may use SCIM here and now */
  async authenticate(authorization: string | undefined, requestId: string): Promise<ScimCaller> {
    const verification = await this.verifier.verify(parseBearerToken(authorization), requestId);
    if (!verification.isGood)
      throw new CredentialError('invalid_token', faultSentences[verification.fault]);
    return toScimCaller(verification.token, requestId);
  }
}

function toScimCaller(token: VerifiedToken, requestId: string): ScimCaller {
  const { tenant, client, targets, permissions } = token;
  const { isEnabled, clientEntityTypeId, serverEntityTypeId } = tenant.scim;
  if (!isEnabled) throw notForScim('SCIM is off for the tenant of this token.');
  if (client.type.id !== clientEntityTypeId)
    throw notForScim('The entity of this token is not a SCIM client.');
  const servers = targets.filter((target) => target.type.id === serverEntityTypeId);
  const [server] = servers;
  if (server === undefined || servers.length > 1) {
    throw notForScim('The audience of this token is not one SCIM server of its tenant.');
  }
  return {
    context: tenantContext({ actor: { kind: 'scim_client', id: client.id }, requestId }, tenant.id),
    tenant,
    clientEntityId: client.id,
    permissions: permissions.get(server.id) ?? new Set(),
  };
}

function notForScim(message: string): CredentialError {
  return new CredentialError('invalid_token', message);
}

const faultSentences: Readonly<Record<TokenFault, string>> = {
  malformed:
    'The token is not a whole access token: copy it again from its first to its last character.',
  wrong_kind: 'The token is not a client-credentials access token of this server.',
  bad_signature: 'The token was not signed by this server, or it was changed or cut.',
  expired: 'The token has expired: issue another one.',
  not_yet_valid: 'The token is not valid yet.',
  wrong_issuer: 'The token was issued under another issuer.',
  revoked: 'The token was revoked, or is not one that this server recorded.',
  no_longer_granted: 'The client, its grant or the tenant of this token is gone.',
};
