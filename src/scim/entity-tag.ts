import type { Group } from '../directory/group.js';
import type { User } from '../directory/user.js';

/**
 * The entity tag of a person (RFC 7644 §3.14). It is weak, because one version has many representations. The second
 * number moves when the person enters or leaves a group, which changes `groups` and not the person's own record.
 */
export function userVersion(user: Pick<User, 'version' | 'membershipVersion'>): string {
  return `W/"${user.version}.${user.membershipVersion}"`;
}

/** The entity tag of a group: it moves with every change of the group and of its members. */
export function groupVersion(group: Pick<Group, 'version'>): string {
  return `W/"${group.version}"`;
}
