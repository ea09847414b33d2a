import type { Json } from '../kernel/json.js';

/** What happened. Names that FusionAuth has are FusionAuth's; the others follow its pattern. */
export type EventType =
  | `${ObjectType}.${'create' | 'update' | 'delete'}`
  | 'user.deactivate'
  | 'user.reactivate'
  | 'token.issue';

export type ObjectType =
  | 'tenant'
  | 'key'
  | 'api-key'
  | 'entity-type'
  | 'entity'
  | 'entity-grant'
  | 'user'
  | 'group'
  | 'group.member'
  | 'token';

/**
 * One thing that happened, with the object before and after it. Both are plain data without secrets:
 * the row is audit trail and outbox at once and is never rewritten.
 */
export interface EventDraft {
  readonly type: EventType;
  readonly objectType: ObjectType;
  readonly objectId: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}
