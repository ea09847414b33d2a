// The admin API, and what holds for the other faces too.
import '../e2e/admin-chosen-ids.e2e-spec.js';
import '../e2e/admin-entities.e2e-spec.js';
import '../e2e/admin-errors.e2e-spec.js';
import '../e2e/admin-grants.e2e-spec.js';
import '../e2e/admin-patch.e2e-spec.js';
import '../e2e/admin-secrets.e2e-spec.js';
import '../e2e/admin-tenants.e2e-spec.js';
import '../e2e/admin-unchanged.e2e-spec.js';
import '../e2e/chain.e2e-spec.js';
import '../e2e/method-override.e2e-spec.js';
import '../e2e/numbers.e2e-spec.js';
import '../e2e/permission-names.e2e-spec.js';
import '../e2e/routes.e2e-spec.js';
import '../e2e/search-over-tenants.e2e-spec.js';
import '../e2e/tenant-going.e2e-spec.js';
import '../e2e/wildcards.e2e-spec.js';
