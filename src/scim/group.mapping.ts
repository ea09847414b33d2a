import type { Group, GroupDraft, Member } from '../directory/group.js';
import { isJsonObject, type JsonObject } from '../scim-core/json.js';
import { groupResourceType } from '../scim-core/schema/resource-types.js';
import { groupVersion } from './entity-tag.js';
import { toMeta } from './meta.js';

/** A resource that was read by the schema, as what the directory stores. Members go their own way. */
export function toGroupDraft(resource: JsonObject): GroupDraft {
  const { displayName, externalId } = resource;
  const blocks = Object.entries(resource).flatMap(([urn, value]) =>
    urn.includes(':') && isJsonObject(value) ? [[urn, value] as const] : [],
  );
  return {
    name: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : undefined,
    profile: blocks.length === 0 ? {} : { extensions: Object.fromEntries(blocks) },
  };
}

/** What the client wrote, without members: the resource that a PATCH is applied to. */
export function toWritableGroup(group: Group): JsonObject {
  const { extensions = {} } = group.profile;
  return {
    schemas: [groupResourceType.schema.id, ...Object.keys(extensions)],
    id: group.id,
    ...(group.externalId === undefined ? {} : { externalId: group.externalId }),
    displayName: group.name,
    ...extensions,
  };
}

/** The resource as it is shown; undefined members were not asked for, and an empty list is a group of nobody. */
export function toGroupResource(
  group: Group,
  members: readonly Member[] | undefined,
  baseUrl: string,
): JsonObject {
  return {
    ...toWritableGroup(group),
    ...(members === undefined
      ? {}
      : { members: members.map((member) => toMemberReference(member, baseUrl)) }),
    meta: toMeta(group, groupVersion(group), groupResourceType, baseUrl),
  };
}

function toMemberReference({ id, kind, display }: Member, baseUrl: string): JsonObject {
  return kind === 'user'
    ? { value: id, $ref: `${baseUrl}/Users/${id}`, display, type: 'User' }
    : { value: id, $ref: `${baseUrl}/Groups/${id}`, display, type: 'Group' };
}
