import type { JsonObject } from '../kernel/json.js';
import { DomainError } from '../kernel/domain-error.js';
import { textKey } from '../kernel/text.js';
import type { NamedByClients } from './external-id.js';
import { findTooLong } from './key-length.js';

/** What clients say of a group beyond its name: objects of schemas of their own, under their URNs. */
export interface GroupProfile {
  readonly extensions?: Readonly<Record<string, JsonObject>>;
}

/** What a caller decides about a group; its members are changed by steps. */
export interface GroupDraft {
  readonly name: string;
  /** The asking SCIM client's own id for the group; absent, it has none. Of no meaning from other callers. */
  readonly externalId?: string | undefined;
  readonly profile: GroupProfile;
  /** FusionAuth's free object; absent, it stays as it is. */
  readonly data?: JsonObject | undefined;
}

/** A group of users and of other groups, without its members: there may be 100,000. */
export interface Group extends NamedByClients {
  /** The row's number: for this room's tables, and for asking after many groups at once. */
  readonly pk: number;
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly memberCount: number;
  /** Moves with every change of the group and of its members. */
  readonly version: number;
  readonly created: number;
  readonly changed: number;
  readonly createdByClient: string | undefined;
  readonly changedByClient: string | undefined;
  readonly profile: GroupProfile;
  readonly data: JsonObject;
}

/** A member as a caller names it: by the id of a user or, if there is none of that id, of a group. */
export interface MemberDraft {
  readonly id: string;
  readonly display?: string | undefined;
}

/** A member of a group. */
export interface Member {
  readonly id: string;
  readonly kind: 'user' | 'group';
  /** As it was sent, else the name of the user or group. */
  readonly display: string;
}

/** What members can be chosen by. A `kind` is `user` or `group`. */
export type MemberField = 'id' | 'kind';

/**
 * The name's key, by which it is unique in the tenant.
 * @throws DomainError invalid, for a name without anything to see, and for a key that no index takes
 */
export function groupKeyOf(name: string): string {
  const key = textKey(name);
  const problems = key === '' ? [blankName] : findTooLong('name', key);
  if (problems.length > 0) throw DomainError.invalid(...problems);
  return key;
}

/** Whether a change of the name gives the group another key. */
export function isNamedAnew(before: Pick<Group, 'name'>, after: Pick<Group, 'name'>): boolean {
  return textKey(before.name) !== textKey(after.name);
}

const blankName = {
  field: 'name',
  rule: 'blank',
  message: 'The name of a group needs a character that can be seen.',
} as const;
