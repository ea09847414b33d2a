import { Injectable } from '@nestjs/common';
import { type Json, toJsonObject } from '../kernel/json.js';
import { type ClaimedClient, ClientClaimRepository } from './client-claim.repository.js';
import type { Entity } from './entity.js';
import { EntitySecrets } from './entity-secrets.js';
import { EntityTypeMemory } from './entity-type-memory.js';

export type { ClaimedClient } from './client-claim.repository.js';

/**
 * Clients that say who they are. A client that is not there costs what one with a wrong secret does, so that nobody learns
 * from the time which clients there are: one statement, a digest for each secret presented, one comparison.
 */
@Injectable()
export class ClientClaims {
  constructor(
    private readonly claims: ClientClaimRepository,
    private readonly secrets: EntitySecrets,
    private readonly types: EntityTypeMemory,
  ) {}

  /** The OAuth client of that id, in whatever tenant it is. Nothing of it is proved. */
  find(clientId: string): Promise<ClaimedClient | undefined> {
    return this.claims.find(clientId);
  }

  /** @param presented the secret in all ways to read it; each is tried, also after one was right */
  isProved(client: ClaimedClient | undefined, presented: readonly string[]): boolean {
    const stored = client?.secrets ?? [];
    return presented.map((secret) => this.secrets.isAmong(stored, secret)).includes(true);
  }

  /**
   * The entity, for a claim that was proved: only now is its type read.
   * @returns undefined when the type has been deleted meanwhile, and the entity with it
   */
  async toEntity(client: ClaimedClient): Promise<Entity | undefined> {
    const { id, tenantId, typeId, clientId, name, version, created, changed } = client;
    const type = (await this.types.findAll([typeId])).get(typeId);
    const parentId = client.parentId ?? undefined;
    const data = parseObject(client.data);
    return (
      type && { id, tenantId, type, clientId, name, parentId, data, version, created, changed }
    );
  }
}

function parseObject(text: string): Entity['data'] {
  const value: Json & object = JSON.parse(text);
  return toJsonObject(value);
}
