import { Injectable } from '@nestjs/common';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EventDraft } from './event.js';
import type { EventContext } from './event-context.js';

/** The append-only table of what happened: it has an insert and nothing else. */
@Injectable()
export class EventRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(
    context: EventContext,
    event: EventDraft,
    stamp: { id: string; created: number },
  ): Promise<void> {
    await this.unitOfWork.execute(sql`
      insert into events (id, tenant_id, type, actor_kind, actor_id, request_id, object_type, object_id, before, after, created)
      values (${stamp.id}, ${context.tenantId ?? null}, ${event.type}, ${context.actor.kind}, ${context.actor.id},
        ${context.requestId}, ${event.objectType}, ${event.objectId},
        ${toJsonText(event.before)}, ${toJsonText(event.after)}, ${stamp.created})`);
  }
}

function toJsonText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
