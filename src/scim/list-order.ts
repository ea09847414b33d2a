import type { Sort } from '../kernel/page.js';
import { bindSort, type SortRequest } from '../scim-core/resource/sort.js';
import type { AttributeRef } from '../scim-core/schema/attribute-ref.js';
import { badRequest } from '../scim-core/scim-error.js';
import type { Searchable } from './filter-condition.js';

/**
 * An order as a room understands it (RFC 7644 §3.4.2.3); undefined when none is asked for.
 * @throws ScimError invalidValue, also for an attribute that the database can not order by
 */
export function toSort<Field extends string>(
  request: SortRequest,
  searchable: Searchable<Field>,
): Sort<Field> | undefined {
  const sort = bindSort(request, [searchable.type]);
  const [ref] = sort?.refs ?? [];
  return sort && ref && { field: sortFieldOf(ref, searchable), isDescending: sort.isDescending };
}

/**
 * The field of a room for an attribute to sort by.
 * @throws ScimError invalidValue, for an attribute that the database can not order by
 */
export function sortFieldOf<Field extends string>(
  ref: AttributeRef,
  { findField, canSortBy }: Searchable<Field>,
): Field {
  const field = findField(ref.path);
  if (field === undefined || !canSortBy(field))
    throw badRequest('invalidValue', `"${ref.path}" can not be sorted by.`);
  return field;
}
