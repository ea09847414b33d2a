// What the standard says of changing.
import '../rfc/bulk.spec.js';
import '../rfc/create.spec.js';
import '../rfc/delete.spec.js';
import '../rfc/events.spec.js';
import '../rfc/groups.spec.js';
import '../rfc/patch.spec.js';
import '../rfc/patch-operations.spec.js';
import '../rfc/replace.spec.js';
import '../rfc/users.spec.js';
import '../rfc/versions.spec.js';
