import type { ExpectedVersions } from '../directory/expected-versions.js';
import type { Group } from '../directory/group.js';
import type { User } from '../directory/user.js';

/** The headers of a request that say which versions it is about (RFC 9110 §13.1); Bulk's `version` is an `If-Match`. */
export interface Preconditions {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

/** A number of a version, as it stands in a tag. */
const number = '(?:0|[1-9][0-9]{0,14})';
const userTag = new RegExp(`^(${number})\\.${number}$`);
const groupTag = new RegExp(`^(${number})$`);

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
 * The versions of a person that a request may change; undefined for any. The comparison is weak, and by the first number
 * alone: somebody else's change of a group must not refuse a change of the person. A tag that is not of this form
 * matches nothing.
 */
export function userVersionsIn(preconditions: Preconditions): ExpectedVersions {
  return versionsIn(preconditions, userTag);
}

/** The versions of a group that a request may change; undefined for any. */
export function groupVersionsIn(preconditions: Preconditions): ExpectedVersions {
  return versionsIn(preconditions, groupTag);
}

/** What of them a read can fail by; the other is answered by `isKnown`. */
export function onlyIfMatch(preconditions: Preconditions): Preconditions {
  return { 'if-match': preconditions['if-match'] };
}

/** Whether the client has this version already, and need not be sent it again (RFC 9110 §13.1.2). */
export function isKnown({ 'if-none-match': names }: Preconditions, version: string): boolean {
  if (names === undefined) return false;
  const [own] = opaqueTags(version);
  return isAny(names) || (own !== undefined && opaqueTags(names).includes(own));
}

function versionsIn(preconditions: Preconditions, form: RegExp): ExpectedVersions {
  const { 'if-match': match, 'if-none-match': noneMatch } = preconditions;
  if (match === undefined && noneMatch === undefined) return undefined;
  return {
    among: match === undefined ? undefined : namedIn(match, form),
    notAmong: noneMatch === undefined ? undefined : namedIn(noneMatch, form),
  };
}

function namedIn(header: string, form: RegExp): readonly number[] | 'any' {
  if (isAny(header)) return 'any';
  return opaqueTags(header).flatMap((tag) => {
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
