import { IsOptional, ValidateBy } from 'class-validator';
import { everything } from '../../kernel/condition.js';
import { foldCase } from '../../kernel/text.js';
import { invalid } from '../request/rules.js';
import { NameCriteria, toPage } from './criteria.js';
import { orderBy, toOrder } from './order.js';
import type { Search } from './search.js';
import { wildcardCondition } from './wildcard.js';

const columns = ['insertInstant', 'lastUpdateInstant', 'name'] as const;

export class EntityTypeCriteria extends NameCriteria {
  @IsOptional()
  @ValidateBy(
    orderBy(columns),
    invalid(`must list columns of ${columns.join(', ')}, each with ASC or DESC.`),
  )
  readonly orderBy?: string | null;
}

/** Unlike other names, an entity type's is asked for as a whole (contract/README.md §6.1). */
export function toEntityTypeSearch(criteria: EntityTypeCriteria): Search<(typeof columns)[number]> {
  const { name } = criteria;
  return {
    condition: name ? wildcardCondition('name', foldCase(name), 'whole') : everything,
    order: toOrder(criteria.orderBy, columns, [{ field: 'name', isDescending: false }]),
    page: toPage(criteria),
  };
}
