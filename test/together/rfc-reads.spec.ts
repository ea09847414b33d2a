// What the standard says of reading.
import '../rfc/completeness.spec.js';
import '../rfc/cursor.spec.js';
import '../rfc/discovery.spec.js';
import '../rfc/errors.spec.js';
import '../rfc/filter.spec.js';
import '../rfc/me.spec.js';
import '../rfc/paging.spec.js';
import '../rfc/projection.spec.js';
import '../rfc/protocol.spec.js';
import '../rfc/read.spec.js';
import '../rfc/root.spec.js';
import '../rfc/schemas.spec.js';
import '../rfc/search.spec.js';
import '../rfc/sorting.spec.js';
