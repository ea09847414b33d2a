import { badRequest } from '../scim-error.js';
import type { Filter } from './filter.js';
import { filterBytesMax, FilterParser } from './filter-parser.js';

/**
 * Reads a SCIM filter (RFC 7644 §3.4.2.2) into a tree. Knows the grammar only: whether an attribute
 * exists is `bindFilter`'s question. The text comes from a stranger, so its length, depth and
 * comparisons are bounded.
 *
 * Beyond the grammar it takes operators, `true`, `false` and `null` in any case, several spaces
 * where one is meant, and a sub-attribute after brackets (`emails[type eq "work"].value eq "x"`).
 * Unquoted text is refused.
 * @throws ScimError invalidFilter, with the position of the fault
 */
export function parseFilter(text: string): Filter {
  if (text.length > filterBytesMax || Buffer.byteLength(text) > filterBytesMax) {
    throw badRequest('invalidFilter', `A filter may have ${filterBytesMax} bytes at most.`);
  }
  return new FilterParser(text).readAll();
}
