import { IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';
import type { JsonObject } from '../../kernel/json.js';
import type { PageOf } from '../../kernel/page.js';
import { compareCodePoints, foldCase } from '../../kernel/text.js';
import { listLambdaJson } from '../lambda.js';
import { invalid, textExpected, tooLong } from '../request/rules.js';
import { NameCriteria, searchTextCharactersMax, toPage } from './criteria.js';
import { orderBy, type OrderStep, toOrder } from './order.js';

const columns = ['id', 'name', 'type'] as const;

/** Lambdas by name, body and type (contract/operations.md §3). */
export class LambdaCriteria extends NameCriteria {
  @IsOptional()
  @IsString(textExpected)
  @MaxLength(searchTextCharactersMax, tooLong)
  readonly body?: string | null;

  @IsOptional()
  @IsString(textExpected)
  @MaxLength(searchTextCharactersMax, tooLong)
  readonly type?: string | null;

  @IsOptional()
  @ValidateBy(
    orderBy(columns),
    invalid(`must list columns of ${columns.join(', ')}, each with ASC or DESC.`),
  )
  readonly orderBy?: string | null;
}

/** Searches the built-in lambdas, which are the only ones: no database has to be asked. */
export function searchLambdaJson(criteria: LambdaCriteria): PageOf<JsonObject> {
  const order = toOrder(criteria.orderBy, columns, [{ field: 'name', isDescending: false }]);
  const { offset, limit } = toPage(criteria);
  const found = listLambdaJson(criteria.type || undefined)
    .filter(({ name, body }) => isMet(criteria.name, name) && isMet(criteria.body, body))
    .sort((left, right) => compare(order, left, right));
  return { items: found.slice(offset, offset + limit), total: found.length };
}

/** Text without a wildcard is part of the value; `*` stands for any text (contract/README.md §6.1). */
function isMet(pattern: string | null | undefined, value: unknown): boolean {
  if (!pattern) return true;
  const bare = foldCase(pattern);
  const [start = '', ...rest] = (bare.includes('*') ? bare : `*${bare}*`).split('*');
  const end = rest.pop() ?? '';
  let text = foldCase(String(value));
  if (!text.startsWith(start)) return false;
  text = text.slice(start.length);
  for (const part of rest) {
    const at = text.indexOf(part);
    if (at === -1) return false;
    text = text.slice(at + part.length);
  }
  return text.endsWith(end);
}

function compare(
  order: readonly OrderStep<(typeof columns)[number]>[],
  left: JsonObject,
  right: JsonObject,
): number {
  for (const { field, isDescending } of order) {
    const result = compareCodePoints(String(left[field]), String(right[field]));
    if (result !== 0) return isDescending ? -result : result;
  }
  return 0;
}
