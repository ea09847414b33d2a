// SCIM: what is asked, by whom, and how it is answered.
import '../e2e/scim-answers.e2e-spec.js';
import '../e2e/scim-bad-input.e2e-spec.js';
import '../e2e/scim-discovery.e2e-spec.js';
import '../e2e/scim-filters.e2e-spec.js';
import '../e2e/scim-isolation.e2e-spec.js';
import '../e2e/scim-lists.e2e-spec.js';
import '../e2e/scim-permissions.e2e-spec.js';
import '../e2e/scim-projections.e2e-spec.js';
import '../e2e/scim-scans.e2e-spec.js';
import '../e2e/scim-schema-walk.e2e-spec.js';
import '../e2e/scim-wire.e2e-spec.js';
import '../security/scim-requests.spec.js';
