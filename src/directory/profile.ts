import type { JsonObject } from '../kernel/json.js';

/** The parts of a real name, each independent of the others: none is made from another. */
export interface PersonName {
  readonly formatted?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  readonly middleName?: string;
  readonly honorificPrefix?: string;
  readonly honorificSuffix?: string;
}

/** One of several values of a kind: an e-mail address, a phone number, a role. At most one is primary. */
export interface TypedValue {
  readonly value?: string;
  readonly display?: string;
  readonly type?: string;
  readonly primary?: boolean;
}

export interface Address {
  readonly formatted?: string;
  readonly streetAddress?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly type?: string;
  readonly primary?: boolean;
}

/** The attributes of a person that are one text each. */
export const profileTexts = [
  'userName',
  'displayName',
  'nickName',
  'profileUrl',
  'title',
  'userType',
  'preferredLanguage',
  'locale',
  'timezone',
] as const;
export type ProfileText = (typeof profileTexts)[number];

/** The attributes of a person that are lists of typed values. */
export const profileLists = [
  'emails',
  'phoneNumbers',
  'ims',
  'photos',
  'entitlements',
  'roles',
  'x509Certificates',
] as const;
export type ProfileList = (typeof profileLists)[number];

/**
 * The one record of a person: every attribute that any face can express, as it was sent, so that what a client
 * writes it reads back. Objects of schemas beyond the core stand in `extensions`, under their URNs.
 */
export type Profile = { readonly [Name in ProfileText]?: string } & {
  readonly [Name in ProfileList]?: readonly TypedValue[];
} & {
  readonly name?: PersonName;
  readonly addresses?: readonly Address[];
  readonly extensions?: Readonly<Record<string, JsonObject>>;
};

/** What an employer knows of a person (RFC 7643 §4.3); the one extension that has a meaning of its own here. */
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The entry that stands for the person: the primary one, else the first of type work, else the first. */
export function findMainEmail(profile: Profile): TypedValue | undefined {
  const emails = (profile.emails ?? []).filter((email) => email.value !== undefined);
  return (
    emails.find((email) => email.primary) ??
    emails.find((email) => email.type?.toLowerCase() === 'work') ??
    emails[0]
  );
}

/** The address that stands for the person. */
export function emailOf(profile: Profile): string | undefined {
  return findMainEmail(profile)?.value;
}
