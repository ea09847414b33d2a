import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { EntitySecretRow } from './entity.row.js';

/** Secrets lie apart from their entities, so that no read of an entity carries one. */
@Injectable()
export class EntitySecretRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Puts one secret in the place of all that the entity had. */
  async replace(secret: EntitySecretRow): Promise<void> {
    await this.unitOfWork.manager.delete(EntitySecretRow, { entityId: secret.entityId });
    await this.unitOfWork.manager.insert(EntitySecretRow, secret);
  }

  async listOf(entityIds: readonly string[]): Promise<EntitySecretRow[]> {
    if (entityIds.length === 0) return [];
    return this.unitOfWork.manager.findBy(EntitySecretRow, { entityId: In([...entityIds]) });
  }
}
