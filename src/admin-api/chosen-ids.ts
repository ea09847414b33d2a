import { Injectable } from '@nestjs/common';
import type { AdminCaller } from '../auth/caller.js';
import type { EntityDraft, EntityWithSecret } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import { DomainError, type Problem } from '../kernel/domain-error.js';
import { isUuid } from '../kernel/ids.js';
import type { TenantContext } from '../tenants/tenant-context.js';

/**
 * Makes entities under ids that the caller may have chosen. Ids and client ids are unique across all tenants, because a
 * request finds its tenant by them; a key of one tenant must not learn by a collision what there is in another one
 * (decision 26).
 */
@Injectable()
export class ChosenIds {
  constructor(private readonly entities: EntityService) {}

  /** @throws DomainError conflict, for what is taken where the key may look; invalid, for what is taken elsewhere */
  async create(
    caller: AdminCaller,
    context: TenantContext,
    draft: EntityDraft,
    id: string | undefined,
  ): Promise<EntityWithSecret> {
    if (caller.keyTenantId === undefined) return this.entities.create(context, draft, id);
    if (draft.clientId !== undefined && !isUuid(draft.clientId))
      throw DomainError.invalid(guessableClientId);
    try {
      return await this.entities.create(context, draft, id);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
      const own = await this.ownDuplicates(context, draft, id);
      throw DomainError.invalid(...(own.length > 0 ? own : error.problems.map(toUnusable)));
    }
  }

  private async ownDuplicates(
    context: TenantContext,
    { clientId }: EntityDraft,
    id: string | undefined,
  ): Promise<Problem[]> {
    const isOwnId = id !== undefined && (await this.entities.findTenantId(id)) === context.tenantId;
    const client = await this.entities.findClient(clientId ?? id ?? '');
    const isOwnClient = client?.tenantId === context.tenantId;
    return [
      ...(isOwnId || (isOwnClient && clientId === undefined) ? [takenId] : []),
      ...(isOwnClient && clientId !== undefined ? [takenClientId] : []),
    ];
  }
}

const guessableClientId: Problem = {
  field: 'clientId',
  rule: 'invalid',
  message:
    '[clientId] must be a UUID, or left out, for an API key of one tenant: all tenants share the client ids.',
};

const takenId: Problem = {
  field: 'id',
  rule: 'duplicate',
  message: 'An entity with this id or client id already exists.',
};

const takenClientId: Problem = {
  field: 'clientId',
  rule: 'duplicate',
  message: 'An entity with this client id already exists.',
};

function toUnusable({ field }: Problem): Problem {
  const message = `[${field}] cannot be used: choose another one, or leave it out.`;
  return { field, rule: 'invalid', message };
}
