import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { Json } from '../kernel/json.js';
import { newId } from '../kernel/ids.js';
import { hideSecrets } from '../kernel/secret-fields.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EventContext } from './event-context.js';
import type { EventDraft } from './event.js';
import { EventRepository } from './event.repository.js';

type Listener = (event: EventDraft) => void;

/** Writes what happened in the transaction of the change itself, and tells it once that is committed. */
@Injectable()
export class EventRecorder {
  private readonly listeners: Listener[] = [];

  constructor(
    private readonly events: EventRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Called by services inside their unit of work: the change and its record commit together or not at all. Secrets are
   * hidden here, whatever a service hands over: a row is never rewritten, and webhooks read it.
   */
  async record(context: EventContext, draft: EventDraft): Promise<void> {
    const event = { ...draft, ...withoutSecrets(draft) };
    await this.events.insert(context, event, { id: newId(), created: this.clock.now() });
    this.unitOfWork.afterCommit(() => {
      for (const listener of this.listeners) listener(event);
    });
  }

  /** Asks to be told of every committed change of this process; for caches, which must not act on what may be undone. */
  onCommitted(listener: Listener): void {
    this.listeners.push(listener);
  }
}

function withoutSecrets({
  objectType,
  before,
  after,
}: EventDraft): Pick<EventDraft, 'before' | 'after'> {
  const hide = (object: Json | undefined) =>
    object === undefined ? undefined : hideSecrets(objectType, object);
  return { before: hide(before), after: hide(after) };
}
