import type { ExpectedVersions } from '../directory/expected-versions.js';
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

/**
 * The versions of a person that an `If-Match` header allows to be changed (RFC 9110 §13.1.1); undefined for any. The
 * comparison is weak, and by the first number alone: somebody else's change of a group must not refuse a change of the
 * person. A tag that is not of this form matches nothing.
 */
export function userVersionsIn(ifMatch: string | undefined): ExpectedVersions {
  return versionsIn(ifMatch, /^(0|[1-9][0-9]{0,14})\.(?:0|[1-9][0-9]{0,14})$/);
}

/** The versions of a group that an `If-Match` header allows to be changed; undefined for any. */
export function groupVersionsIn(ifMatch: string | undefined): ExpectedVersions {
  return versionsIn(ifMatch, /^(0|[1-9][0-9]{0,14})$/);
}

/** Whether an `If-None-Match` header names this entity tag: the client has it already (RFC 9110 §13.1.2). */
export function namesVersion(ifNoneMatch: string | undefined, version: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const [own] = opaqueTags(version);
  return isAny(ifNoneMatch) || (own !== undefined && opaqueTags(ifNoneMatch).includes(own));
}

function versionsIn(ifMatch: string | undefined, form: RegExp): ExpectedVersions {
  if (ifMatch === undefined || isAny(ifMatch)) return undefined;
  return opaqueTags(ifMatch).flatMap((tag) => {
    const version = form.exec(tag)?.[1];
    return version === undefined ? [] : Number(version);
  });
}

function isAny(header: string): boolean {
  return header.trim() === '*';
}

/**
 * What stands between the quotes of each tag, weak or strong. A tag of somebody else's may have commas in it and then
 * falls into pieces, none of which has both its quotes: it is left out, as everything is that is no tag.
 */
function opaqueTags(header: string): string[] {
  return header.split(',').flatMap((part) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(part)?.[1] ?? []);
}
