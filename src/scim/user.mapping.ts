import type { HashedPassword } from '../directory/password-hasher.js';
import { enterpriseUrn, type Profile, profileLists, profileTexts } from '../directory/profile.js';
import type { GroupOfUser, User, UserDraft } from '../directory/user.js';
import { isJsonObject, type Json, type JsonObject } from '../scim-core/json.js';
import { userVersion } from './entity-tag.js';
import { toMeta } from './meta.js';

/** The core attributes of a person that are stored as they are sent. */
const profileNames: readonly string[] = [...profileTexts, ...profileLists, 'name', 'addresses'];

/** What is known of a user beyond its own record, when it is shown. */
export interface UserSurroundings {
  readonly groups: readonly GroupOfUser[];
  /** The display names of people by their ids, for managers that are users of the tenant; some have none. */
  readonly names: ReadonlyMap<string, string | undefined>;
  readonly baseUrl: string;
  /** The door that the user is seen through: both lead to the same people. */
  readonly door: { readonly name: string; readonly endpoint: string };
}

/**
 * A resource that was read by the schema, as what the directory stores. The password is not in it: it has been
 * hashed before. A resource that says nothing of `active` leaves it as it is; a new user is active.
 */
export function toUserDraft(
  resource: JsonObject,
  before: User | undefined,
  password: HashedPassword | undefined,
): UserDraft {
  const { active, externalId } = resource;
  return {
    isActive: typeof active === 'boolean' ? active : (before?.isActive ?? true),
    externalId: typeof externalId === 'string' ? externalId : undefined,
    profile: toProfile(resource),
    password,
  };
}

/** What the client wrote, in its own shape: the resource that a PATCH is applied to. */
export function toWritableResource(user: User): JsonObject {
  const { extensions = {}, ...core } = user.profile;
  return {
    schemas: [coreUrn, ...Object.keys(extensions)],
    id: user.id,
    ...(user.externalId === undefined ? {} : { externalId: user.externalId }),
    ...toJson(core),
    active: user.isActive,
    ...extensions,
  };
}

/** The whole resource as it is shown, before a projection takes away what was not asked for. */
export function toUserResource(user: User, surroundings: UserSurroundings): JsonObject {
  const { groups, baseUrl, door } = surroundings;
  const resource = toWritableResource(user);
  const enterprise = resource[enterpriseUrn];
  return {
    ...resource,
    ...(isJsonObject(enterprise) ? { [enterpriseUrn]: withManager(enterprise, surroundings) } : {}),
    ...(groups.length === 0
      ? {}
      : { groups: groups.map((group) => toGroupReference(group, baseUrl)) }),
    meta: toMeta(user, userVersion(user), door, baseUrl),
  };
}

/**
 * The resource without the manager's `$ref` if that is the one which the server gives itself: clients send back what
 * they read, and were it kept, it would outlive the person that it points at.
 */
export function withoutOwnReference(resource: JsonObject, baseUrl: string): JsonObject {
  const enterprise = resource[enterpriseUrn];
  const manager = isJsonObject(enterprise) ? enterprise.manager : undefined;
  if (!isJsonObject(enterprise) || !isJsonObject(manager) || typeof manager.value !== 'string')
    return resource;
  const { $ref, ...kept } = manager;
  return $ref === `${baseUrl}/Users/${manager.value}`
    ? { ...resource, [enterpriseUrn]: { ...enterprise, manager: kept } }
    : resource;
}

/** The id that a user's manager is named by, if any: free text until it is the id of somebody here. */
export function findManagerId(user: User): string | undefined {
  const manager = user.profile.extensions?.[enterpriseUrn]?.manager;
  const value = isJsonObject(manager) ? manager.value : undefined;
  return typeof value === 'string' ? value : undefined;
}

const coreUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';

function toProfile(resource: JsonObject): Profile {
  const core = Object.entries(resource).filter(([name]) => profileNames.includes(name));
  const extensions = Object.entries(resource).filter(
    ([name, value]) => name.includes(':') && isJsonObject(value),
  );
  // The schema has proven the shape of every attribute of these names, and the profile has no other.
  const profile = Object.fromEntries(core) as Profile;
  return extensions.length === 0 ? profile : { ...profile, extensions: toExtensions(extensions) };
}

function toExtensions(entries: readonly (readonly [string, Json])[]): Record<string, JsonObject> {
  return Object.fromEntries(
    entries.flatMap(([urn, value]) => (isJsonObject(value) ? [[urn, value]] : [])),
  );
}

/** A profile has JSON in it and nothing else; the compiler does not see that through optional members. */
function toJson(profile: Omit<Profile, 'extensions'>): JsonObject {
  return { ...profile } as JsonObject;
}

/** `$ref` and `displayName` are the server's to give, and only for somebody who is here (RFC 7643 §4.3). */
function withManager(enterprise: JsonObject, { names, baseUrl }: UserSurroundings): JsonObject {
  const { manager } = enterprise;
  if (!isJsonObject(manager) || typeof manager.value !== 'string') return enterprise;
  if (!names.has(manager.value)) return enterprise;
  const displayName = names.get(manager.value);
  return {
    ...enterprise,
    manager: {
      ...manager,
      $ref: `${baseUrl}/Users/${manager.value}`,
      ...(displayName === undefined ? {} : { displayName }),
    },
  };
}

function toGroupReference(group: GroupOfUser, baseUrl: string): JsonObject {
  return {
    value: group.id,
    $ref: `${baseUrl}/Groups/${group.id}`,
    display: group.name,
    type: group.isDirect ? 'direct' : 'indirect',
  };
}
