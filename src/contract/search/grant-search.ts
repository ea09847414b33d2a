import { IsOptional, IsUUID, ValidateBy } from 'class-validator';
import type { Condition } from '../../kernel/condition.js';
import type { Problem } from '../../kernel/domain-error.js';
import { foldCase } from '../../kernel/text.js';
import type { MemberReaders } from '../request/instantiate.js';
import type { HasCrossFieldRules } from '../request/parse-request.js';
import { invalid, toCanonicalId, uuidExpected } from '../request/rules.js';
import { NameCriteria, toPage } from './criteria.js';
import { orderBy, toOrder } from './order.js';
import type { Search } from './search.js';
import { wildcardCondition } from './wildcard.js';

const columns = ['insertInstant', 'name'] as const;

type Field = (typeof columns)[number] | 'recipientEntityId' | 'userId';

/** Grants by who holds them, and by the name of their target (contract/entities.md §5). */
export class GrantCriteria extends NameCriteria implements HasCrossFieldRules {
  static override readonly members: MemberReaders = {
    ...NameCriteria.members,
    entityId: toCanonicalId,
    userId: toCanonicalId,
  };

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly entityId?: string | null;

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly userId?: string | null;

  @IsOptional()
  @ValidateBy(
    orderBy(columns),
    invalid(`must list columns of ${columns.join(', ')}, each with ASC or DESC.`),
  )
  readonly orderBy?: string | null;

  crossFieldProblems(): readonly Problem[] {
    if (!this.entityId || !this.userId) return [];
    return [
      {
        field: 'userId',
        rule: 'invalid',
        message: 'Name one of [entityId] and [userId], not both.',
      },
    ];
  }
}

export function toGrantSearch(criteria: GrantCriteria): Search<Field> {
  const { entityId, userId, name } = criteria;
  const conditions: Condition<Field>[] = [];
  if (entityId)
    conditions.push({
      kind: 'compare',
      field: 'recipientEntityId',
      operator: 'eq',
      value: entityId,
    });
  if (userId) conditions.push({ kind: 'compare', field: 'userId', operator: 'eq', value: userId });
  if (name) conditions.push(wildcardCondition('name', foldCase(name), 'part'));
  return {
    condition: { kind: 'and', conditions },
    order: toOrder(criteria.orderBy, columns, [{ field: 'name', isDescending: false }]),
    page: toPage(criteria),
  };
}
