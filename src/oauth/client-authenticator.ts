import { Injectable } from '@nestjs/common';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import { EntityTypeService } from '../entities/entity-type.service.js';
import type { ClientCredentials } from './client-credentials.js';

/** Finds the entity that a client claims to be, and whether it is. */
@Injectable()
export class ClientAuthenticator {
  constructor(
    private readonly entities: EntityService,
    private readonly types: EntityTypeService,
  ) {}

  /**
   * The entity of the client id: nothing of it is proved yet.
   * @param tenantId where the client says it is; an entity elsewhere is not found
   */
  async find(
    credentials: ClientCredentials,
    tenantId: string | undefined,
  ): Promise<Entity | undefined> {
    for (const clientId of credentials.clientIds) {
      const client = await this.entities.findClient(clientId);
      if (client !== undefined)
        return tenantId === undefined || client.tenantId === tenantId ? client : undefined;
    }
    // An entity that is there is read with its type. One that is not has to cost the same, or its absence shows.
    await this.types.find(nobody);
    return undefined;
  }

  /** Whether the secret is the client's; tries all readings, and costs the same for a client that is not there. */
  async isRight(client: Entity | undefined, credentials: ClientCredentials): Promise<boolean> {
    const answers: boolean[] = [];
    for (const secret of credentials.clientSecrets)
      answers.push(await this.entities.isRightSecret(client, secret));
    return answers.includes(true);
  }
}

const nobody = '00000000-0000-0000-0000-000000000000';
