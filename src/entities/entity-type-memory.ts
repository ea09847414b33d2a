import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Remembered } from '../events/remembered.js';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EntityType } from './entity-type.js';
import { EntityTypeRepository } from './entity-type.repository.js';

const typesMax = 1_000;

/**
 * Entity types for those that read an entity, which comes with its type and all permissions of that: few types serve
 * many entities.
 */
@Injectable()
export class EntityTypeMemory {
  private readonly remembered: Remembered<EntityType>;

  constructor(
    private readonly types: EntityTypeRepository,
    clock: Clock,
    events: EventRecorder,
    unitOfWork: UnitOfWork,
  ) {
    const isOfTypes = ({ objectType }: { readonly objectType: string }) =>
      objectType === 'entity-type';
    this.remembered = new Remembered(clock, events, unitOfWork, isOfTypes, typesMax);
  }

  /** Those of the ids that exist, by their ids. */
  async findAll(ids: readonly string[]): Promise<ReadonlyMap<string, EntityType>> {
    const types: (EntityType | undefined)[] = [];
    for (const id of ids) types.push(await this.remembered.get(id, () => this.read(id)));
    return new Map(types.flatMap((type) => (type === undefined ? [] : [[type.id, type]])));
  }

  private async read(id: string): Promise<EntityType | undefined> {
    return (await this.types.findAll([id]))[0];
  }
}
