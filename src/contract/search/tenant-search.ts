import { IsOptional, ValidateBy } from 'class-validator';
import { type Condition, everything } from '../../kernel/condition.js';
import { foldCase } from '../../kernel/text.js';
import { invalid } from '../request/rules.js';
import { NameCriteria, toPage } from './criteria.js';
import { orderBy, toOrder } from './order.js';
import type { Search } from './search.js';
import { wildcardCondition } from './wildcard.js';

const columns = ['id', 'insertInstant', 'name'] as const;

export class TenantCriteria extends NameCriteria {
  @IsOptional()
  @ValidateBy(
    orderBy(columns),
    invalid(`must list columns of ${columns.join(', ')}, each with ASC or DESC.`),
  )
  readonly orderBy?: string | null;
}

export function toTenantSearch(criteria: TenantCriteria): Search<(typeof columns)[number]> {
  return {
    condition: nameCondition(criteria.name),
    order: toOrder(criteria.orderBy, columns, [{ field: 'name', isDescending: false }]),
    page: toPage(criteria),
  };
}

function nameCondition(name: string | null | undefined): Condition<'name'> {
  return name ? wildcardCondition('name', foldCase(name), 'part') : everything;
}
