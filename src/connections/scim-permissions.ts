/** Every permission of a SCIM server entity type (contract/entities.md §3); the names are matched exactly. */
export const scimPermissions: readonly string[] = [
  ...['scim:user', 'scim:enterprise:user', 'scim:group'].flatMap((resource) =>
    ['create', 'read', 'update', 'delete'].map((operation) => `${resource}:${operation}`),
  ),
  'scim:resource-types:read',
  'scim:schemas:read',
  'scim:service-provider-config:read',
];
