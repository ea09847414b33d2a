/**
 * The rooms that can be mutated. Their tests are the pure specs that load the file, wherever these stand, and the specs
 * of the system that are named here. Those run on SQLite alone: what differs by database is not in these rooms.
 */
export const rooms = new Map([
  ['scim-core', []],
  [
    'tokens',
    [
      'test/storage/token.service.spec.ts',
      'test/storage/token-purge.spec.ts',
      'test/e2e/oauth-introspect.e2e-spec.ts',
      'test/e2e/oauth-token.e2e-spec.ts',
      'test/e2e/scim-permissions.e2e-spec.ts',
    ],
  ],
  [
    'auth',
    [
      'test/e2e/admin-errors.e2e-spec.ts',
      'test/e2e/admin-secrets.e2e-spec.ts',
      'test/e2e/admin-tenants.e2e-spec.ts',
      'test/e2e/oauth-introspect.e2e-spec.ts',
      'test/e2e/permission-names.e2e-spec.ts',
      'test/e2e/scim-isolation.e2e-spec.ts',
      'test/e2e/scim-permissions.e2e-spec.ts',
    ],
  ],
]);
