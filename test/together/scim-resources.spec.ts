// SCIM: people, groups and how they are changed.
import '../e2e/scim-addresses.e2e-spec.js';
import '../e2e/scim-bulk.e2e-spec.js';
import '../e2e/scim-groups.e2e-spec.js';
import '../e2e/scim-members.e2e-spec.js';
import '../e2e/scim-names.e2e-spec.js';
import '../e2e/scim-patch-rules.e2e-spec.js';
import '../e2e/scim-people.e2e-spec.js';
import '../e2e/passwords-of-tenants.e2e-spec.js';
import '../e2e/scim-user-patch.e2e-spec.js';
import '../e2e/scim-users.e2e-spec.js';
import '../security/scim-members.spec.js';
import '../security/scim-people.spec.js';
