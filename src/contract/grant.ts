import type { EntityGrant, GrantDraft, Recipient } from '../entities/grant.js';
import type { JsonObject } from '../kernel/json.js';
import { toEntityJson } from './entity.js';
import { type GrantBody, recipientProblems } from './grant.request.js';
import { parseId } from './request/id.js';
import { findText, type Query } from './request/query.js';
import { RequestError } from './request/request-error.js';

export function toGrantDraft(body: GrantBody): GrantDraft {
  return {
    recipient: toRecipient(body.recipientEntityId ?? undefined, body.userId ?? undefined),
    permissions: body.permissions ?? [],
    data: body.data ?? {},
  };
}

/**
 * The recipient that a query names.
 * @returns undefined when it names none
 * @throws RequestError for two of them, and for an id that is no UUID
 */
export function findRecipient(query: Query): Recipient | undefined {
  const recipientEntityId = findText(query, 'recipientEntityId') ?? null;
  const userId = findText(query, 'userId') ?? null;
  if (recipientEntityId === null && userId === null) return undefined;
  const problems = recipientProblems({ recipientEntityId, userId });
  if (problems.length > 0) throw new RequestError(problems);
  return recipientEntityId === null
    ? { userId: parseId(userId ?? '', 'userId') }
    : { entityId: parseId(recipientEntityId, 'recipientEntityId') };
}

/**
 * The same where the query must name one.
 * @throws RequestError missing
 */
export function parseRecipient(query: Query): Recipient {
  const recipient = findRecipient(query);
  if (recipient === undefined) throw new RequestError(recipientProblems({}));
  return recipient;
}

/** FusionAuth's EntityGrant (contract/entities.md §5). The target in it never carries its secret. */
export function toGrantJson(grant: EntityGrant): JsonObject {
  return {
    data: grant.data,
    entity: toEntityJson(grant.target),
    id: grant.id,
    insertInstant: grant.created,
    lastUpdateInstant: grant.changed,
    permissions: grant.permissions,
    ...('entityId' in grant.recipient
      ? { recipientEntityId: grant.recipient.entityId }
      : { userId: grant.recipient.userId }),
  };
}

function toRecipient(entityId: string | undefined, userId: string | undefined): Recipient {
  if (entityId !== undefined) return { entityId };
  if (userId !== undefined) return { userId };
  throw new Error('the request class lets no grant through without a recipient');
}
