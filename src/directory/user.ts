import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../kernel/actor.js';
import { DomainError } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { textKey } from '../kernel/text.js';
import type { NamedByClients } from './external-id.js';
import { findTooLong } from './key-length.js';
import type { HashedPassword } from './password-hasher.js';
import { emailOf, findMainEmail, type Profile } from './profile.js';

/** What a caller decides about a user. */
export interface UserDraft {
  readonly isActive: boolean;
  /** The asking SCIM client's own id for the person; absent, it has none. Of no meaning from other callers. */
  readonly externalId?: string | undefined;
  readonly profile: Profile;
  /** FusionAuth's free object; absent, it stays as it is. */
  readonly data?: JsonObject | undefined;
  /** A new password; absent, it stays as it is. */
  readonly password?: HashedPassword | undefined;
}

/** A person of a tenant. */
export interface User extends NamedByClients {
  /** The row's number: for this room's tables, and for asking after many users at once. */
  readonly pk: number;
  readonly id: string;
  readonly tenantId: string;
  readonly isActive: boolean;
  readonly deactivatedBy: Actor | undefined;
  /** Moves with every change of the user itself. */
  readonly version: number;
  /** Moves when the user enters or leaves a group; 0 means that it has never been in one. */
  readonly membershipVersion: number;
  readonly created: number;
  readonly changed: number;
  readonly createdByClient: string | undefined;
  readonly changedByClient: string | undefined;
  readonly profile: Profile;
  readonly data: JsonObject;
}

/** A group that a user belongs to: itself, or by way of another group. */
export interface GroupOfUser {
  readonly id: string;
  readonly name: string;
  readonly isDirect: boolean;
}

/** The keys by which a user is found and kept apart from others of its tenant. */
export interface UserKeys {
  /** Of the name by which the person is known: one for each person. */
  readonly name: string;
  /** Of the address that stands for the person; two people may have one. */
  readonly email: string | undefined;
}

/**
 * The name by which the person is known is the user name, else the e-mail address, else the id; it is
 * unique whatever it was made from, so that a client finds one person by it.
 */
export function nameKeyOf({ profile, id }: Pick<User, 'profile' | 'id'>): string {
  return textKey(profile.userName ?? emailOf(profile) ?? id);
}

/** Undefined for a person who has no address, or whose address has nothing in it that anybody sees. */
export function emailKeyOf(profile: Profile): string | undefined {
  const email = emailOf(profile);
  return email === undefined ? undefined : textKey(email) || undefined;
}

export function userKeysOf(user: Pick<User, 'profile' | 'id'>): UserKeys {
  return { name: nameKeyOf(user), email: emailKeyOf(user.profile) };
}

/** @throws DomainError invalid, for a user name without anything to see, and for keys that no index takes */
export function refuseUnfitKeys({ profile, id }: Pick<User, 'profile' | 'id'>): void {
  const name = nameKeyOf({ profile, id });
  const problems = [
    ...(name === '' ? [blankUserName] : findTooLong('userName', name)),
    ...findTooLong('email', emailKeyOf(profile)),
  ];
  if (problems.length > 0) throw DomainError.invalid(...problems);
}

const blankUserName = {
  field: 'userName',
  rule: 'blank',
  message: 'A user name needs a character that can be seen.',
} as const;

/** Whether a change gives the user a key that another one may hold or take at the same time. */
export function takesKey(before: User, after: Pick<User, 'profile'>): boolean {
  const old = userKeysOf(before);
  const { name, email } = userKeysOf({ profile: after.profile, id: before.id });
  return name !== old.name || (email !== undefined && email !== old.email);
}

/** Whether a change lets a user in for whom an address stands. */
export function bringsEmailBack(before: User, after: Pick<User, 'profile' | 'isActive'>): boolean {
  return after.isActive && !before.isActive && emailKeyOf(after.profile) !== undefined;
}

/**
 * Whether a change set the entry that stands for the user. One that took other entries away, or left this one as it was,
 * did not.
 */
export function setsMainEmail(before: User, after: User): boolean {
  const entry = findMainEmail(after.profile);
  const known = before.profile.emails ?? [];
  return !known.some((other) => isDeepStrictEqual(other, entry));
}

/**
 * Whether the user is active after a change. A SCIM client can only bring back whom SCIM sent away: a user that an
 * administrator or an API key locked stays locked, and the rest of the client's change is applied all the same.
 */
export function activeAfter(before: User, wanted: boolean, actor: Actor): boolean {
  return wanted && !(findLocker(before) && actor.kind === 'scim_client');
}

/** The administrator or API key that locked the user; nobody did, when a SCIM client sent it away or it is active. */
export function findLocker(user: Pick<User, 'isActive' | 'deactivatedBy'>): Actor | undefined {
  const { isActive, deactivatedBy } = user;
  return !isActive && deactivatedBy && isKeeper(deactivatedBy) ? deactivatedBy : undefined;
}

/** Who may lock people and let them in again. */
export function isKeeper({ kind }: Actor): boolean {
  return kind === 'administrator' || kind === 'api_key';
}
