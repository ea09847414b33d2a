/**
 * What `/Schemas` tells of and no filter can ask for: the server computes these for each answer, and stores them nowhere.
 * Passwords are no part of it; nothing that is never returned can be asked for.
 */
export const unfilterable: readonly string[] = [
  'groups.$ref',
  'groups.type',
  'members.$ref',
  'members.display',
  'meta.location',
  'meta.version',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName',
];
