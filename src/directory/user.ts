import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../kernel/actor.js';
import { DomainError } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { foldCase } from '../kernel/text.js';
import type { NamedByClients } from './external-id.js';
import { findTooLong } from './key-length.js';
import type { HashedPassword } from './password-hasher.js';
import { emailOf, type Profile } from './profile.js';

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

/** The keys under which a user is unique in its tenant. */
export interface UserKeys {
  readonly login: string;
  readonly userName: string | undefined;
  readonly email: string | undefined;
}

/**
 * The name under which the person is known is the user name, else the e-mail address, else the id; it is
 * unique whatever it was made from, so that a client finds one person by it.
 * @throws DomainError invalid, when a key is too long to be looked up by
 */
export function userKeysOf(profile: Profile, id: string): UserKeys {
  const email = emailOf(profile);
  const keys: UserKeys = {
    login: foldCase(profile.userName ?? email ?? id),
    userName: profile.userName === undefined ? undefined : foldCase(profile.userName),
    email: email === undefined ? undefined : foldCase(email),
  };
  const problems = [...findTooLong('userName', keys.userName), ...findTooLong('email', keys.email)];
  if (problems.length > 0) throw DomainError.invalid(...problems);
  return keys;
}

/**
 * Whether a user is known by other names after a change of the profile.
 * @throws DomainError invalid, as `userKeysOf` does
 */
export function isRenamed(before: User, after: Profile): boolean {
  return !isDeepStrictEqual(userKeysOf(before.profile, before.id), userKeysOf(after, before.id));
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
