import { Injectable } from '@nestjs/common';
import { LateWriter, LateWrites } from '../persistence/late-writes.js';
import { joinSql, sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EventDraft } from './event.js';
import type { EventContext } from './event-context.js';

interface StampedEvent {
  readonly context: EventContext;
  readonly event: EventDraft;
  readonly stamp: { readonly id: string; readonly created: number };
}

/** Few enough for their parameters to be within every database's limit. */
const eventsPerStatement = 100;

/** The append-only table of what happened: it has an insert and nothing else. */
@Injectable()
export class EventRepository {
  private readonly writer = new LateWriter<StampedEvent>((events) => this.insertAll(events));

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly lateWrites: LateWrites,
  ) {}

  insert(context: EventContext, event: EventDraft, stamp: StampedEvent['stamp']): Promise<void> {
    return this.lateWrites.write(this.writer, [{ context, event, stamp }]);
  }

  private async insertAll(events: readonly StampedEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += eventsPerStatement) {
      const rows = events.slice(start, start + eventsPerStatement).map(toRow);
      await this.unitOfWork.send(sql`
        insert into events (id, tenant_id, type, actor_kind, actor_id, request_id, object_type, object_id, before, after, created)
        values ${joinSql(rows, ', ')}`);
    }
  }
}

function toRow({ context, event, stamp }: StampedEvent): Sql {
  return sql`(${stamp.id}, ${context.tenantId ?? null}, ${event.type}, ${context.actor.kind}, ${context.actor.id},
    ${context.requestId}, ${event.objectType}, ${event.objectId},
    ${toJsonText(event.before)}, ${toJsonText(event.after)}, ${stamp.created})`;
}

function toJsonText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
