import type { Actor } from '../kernel/actor.js';
import type { Problem } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { translateUnique } from '../persistence/database-error.js';
import { sql, type Sql, type SqlValue } from '../persistence/sql.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { type ExternalIds, namedFor } from './external-id.js';
import type { Profile } from './profile.js';
import { searchFormOf } from './search-form.js';
import { type User, userKeysOf } from './user.js';

/** A user whose row has no number yet. */
export type NewUser = Omit<User, 'pk'>;

/** What is selected of `users`. */
export const userColumns = sql`users.pk, users.id, users.tenant_id, users.active, users.deactivated_by, users.version,
  users.membership_version, users.created_by_client, users.changed_by_client, users.external_ids, users.profile,
  users.data, users.created, users.changed`;

/** A row as our own statements give it: documents are text, flags 1 and 0. */
export interface SelectedUser {
  readonly pk: number;
  readonly id: string;
  readonly tenant_id: string;
  readonly active: number;
  readonly deactivated_by: string | null;
  readonly version: number;
  readonly membership_version: number;
  readonly created_by_client: string | null;
  readonly changed_by_client: string | null;
  readonly external_ids: string;
  readonly profile: string;
  readonly data: string;
  readonly created: number;
  readonly changed: number;
}

export function toUser(context: TenantContext, row: SelectedUser): User {
  const externalIds: ExternalIds = JSON.parse(row.external_ids);
  const deactivatedBy: Actor | undefined =
    row.deactivated_by === null ? undefined : JSON.parse(row.deactivated_by);
  const profile: Profile = JSON.parse(row.profile);
  const data: JsonObject = JSON.parse(row.data);
  return {
    pk: row.pk,
    id: row.id,
    tenantId: row.tenant_id,
    isActive: row.active === 1,
    deactivatedBy,
    version: row.version,
    membershipVersion: row.membership_version,
    created: row.created,
    changed: row.changed,
    createdByClient: row.created_by_client ?? undefined,
    changedByClient: row.changed_by_client ?? undefined,
    ...namedFor(context, externalIds),
    profile,
    data,
  };
}

/** What an update writes of the profile. */
export function profileSteps(user: User): Sql[] {
  return [
    sql`profile = ${JSON.stringify(user.profile)}`,
    sql`search = ${JSON.stringify(searchFormOf(user.profile))}`,
  ];
}

/** What an update writes of the keys that change. An address is left here and taken by itself. */
export function keySteps(before: User, after: User): Sql[] {
  const old = userKeysOf(before);
  const next = userKeysOf(after);
  return [
    ...(next.name === old.name ? [] : [sql`name_key = ${next.name}`, sql`name_place = ''`]),
    ...(next.email === old.email ? [] : [sql`email_key = null`, sql`email_place = ''`]),
  ];
}

export function toText(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/**
 * The columns of a new row, in the order of the statement that inserts it.
 * @param emailPlace empty for one that is to hold its address
 */
export function toCells(context: TenantContext, user: NewUser, emailPlace: string): SqlValue[] {
  const keys = userKeysOf(user);
  return [
    context.tenantId,
    user.id,
    keys.name,
    keys.email ?? null,
    emailPlace,
    user.isActive,
    toText(user.deactivatedBy),
    user.version,
    user.membershipVersion,
    user.createdByClient ?? null,
    user.changedByClient ?? null,
    JSON.stringify(user.externalIds),
    JSON.stringify(user.profile),
    JSON.stringify(searchFormOf(user.profile)),
    JSON.stringify(user.data),
    user.created,
    user.changed,
  ];
}

/** @throws DomainError conflict, with the field that the database names */
export async function translatingDuplicates<Result>(
  users: readonly Pick<User, 'profile'>[],
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const names = users.map(({ profile }) => profile.userName ?? '').join(', ');
    return translateUnique(error, [
      {
        constraint: 'users_name',
        columns: 'users.tenant_id, users.name_key, users.name_place',
        problem: () => duplicate('userName', `A user with userName = [${names}] already exists.`),
      },
      {
        constraint: 'users_id',
        columns: 'users.tenant_id, users.id',
        problem: () => duplicate('id', 'A user with the same id already exists.'),
      },
    ]);
  }
}

function duplicate(field: string, message: string): Problem {
  return { field, rule: 'duplicate', message };
}
