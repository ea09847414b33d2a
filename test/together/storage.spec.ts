// Repositories and services. Those that watch the driver's own methods stay alone.
import '../storage/condition-sql.spec.js';
import '../storage/entity.service.spec.js';
import '../storage/grants-given-again.spec.js';
import '../storage/group.repository.spec.js';
import '../storage/list.repository.spec.js';
import '../storage/look-ups.spec.js';
import '../storage/many-grants.spec.js';
import '../storage/migrations.spec.js';
import '../storage/scans.spec.js';
import '../storage/shared-changes.spec.js';
import '../storage/tenant-secrets.spec.js';
import '../storage/tenant.service.spec.js';
import '../storage/token.service.spec.js';
import '../storage/turns.spec.js';
import '../storage/unit-of-work.spec.js';
import '../storage/user-lock.repository.spec.js';
import '../storage/user.repository.spec.js';
