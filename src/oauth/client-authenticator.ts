import { Injectable } from '@nestjs/common';
import { type SecretAttempt, SecretThrottle } from '../auth/secret-throttle.js';
import { type ClaimedClient, ClientClaims } from '../entities/client-claims.js';
import type { Entity } from '../entities/entity.js';
import type { IpAddress } from '../kernel/ip-address.js';
import type { ClientCredentials } from './client-credentials.js';
import { OAuthError } from './oauth-error.js';

/** What a client says of itself. */
export interface ClientClaim {
  readonly credentials: ClientCredentials;
  /** Where the client says it is; an entity elsewhere is not found. */
  readonly tenantId: string | undefined;
  readonly address: IpAddress | undefined;
}

/** Finds out whether a client is the entity that it claims to be. Every client secret is checked here. */
@Injectable()
export class ClientAuthenticator {
  constructor(
    private readonly claims: ClientClaims,
    private readonly throttle: SecretThrottle,
  ) {}

  /**
   * @returns undefined for a wrong client, whatever is wrong about it
   * @throws OAuthError slowedDown, whatever the secret is worth
   */
  async authenticate(claim: ClientClaim): Promise<Entity | undefined> {
    const { credentials, tenantId, address } = claim;
    const attempt = { clientIds: credentials.clientIds, address };
    this.checkWait(attempt);
    const found = await this.find(credentials);
    const isHere = tenantId === undefined || found?.tenantId === tenantId;
    const client = isHere ? found : undefined;
    const isProved = this.claims.isProved(client, credentials.clientSecrets);
    // Once more: of many attempts at once, those that come out after the limit was reached tell nothing of the secret.
    this.checkWait(attempt);
    if (client !== undefined && isProved) return this.claims.toEntity(client);
    this.throttle.recordFailure(attempt);
    return undefined;
  }

  private checkWait(attempt: SecretAttempt): void {
    const waitMs = this.throttle.waitMsOf(attempt);
    if (waitMs > 0) throw OAuthError.slowedDown(Math.ceil(waitMs / 1000));
  }

  /** Looks for all readings of the client id, also after one was found; the likeliest counts. */
  private async find({ clientIds }: ClientCredentials): Promise<ClaimedClient | undefined> {
    const found: (ClaimedClient | undefined)[] = [];
    for (const clientId of clientIds) found.push(await this.claims.find(clientId));
    return found.find((client) => client !== undefined);
  }
}
