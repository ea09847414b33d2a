import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type Condition, everything } from '../../kernel/condition.js';
import { foldCase } from '../../kernel/text.js';
import { type MemberReaders, parts } from '../request/instantiate.js';
import {
  each,
  invalid,
  listExpected,
  objectExpected,
  textExpected,
  toCanonicalIds,
  tooLong,
  tooMany,
  uuidExpected,
} from '../request/rules.js';
import { PageCriteria, searchTextCharactersMax, toPage } from './criteria.js';
import type { OrderStep } from './order.js';
import type { Search } from './search.js';
import { wildcardCondition } from './wildcard.js';

const columns = [
  'clientId',
  'id',
  'insertInstant',
  'lastUpdateInstant',
  'name',
  'tenantId',
  'typeId',
] as const;

type Column = (typeof columns)[number];
type Field = Column | 'typeName';

const idsMax = 1_000;

/** One term as FusionAuth's database search takes it; anything more belongs to a query language. */
const plainTerm = /^(?![+-])[^\s:"'()[\]{}\\^~?!/&|<>=]*$/;

const termExpected = invalid(
  'must be one term without blanks, or *: the query language is not supported yet.',
);
const notSupported = invalid('is not supported yet: use ids or a queryString of one term.');

class SortField {
  @IsIn(columns, invalid(`must be one of ${columns.join(', ')}.`))
  readonly name!: Column;

  @IsOptional()
  @Matches(/^(asc|desc)$/i, invalid('must be asc or desc.'))
  readonly order?: string | null;

  /** No column that one may sort by is ever empty, so both answers are the same. */
  @IsOptional()
  @IsIn(['_first', '_last'], invalid('must be _first or _last.'))
  readonly missing?: string | null;
}

/** Whether the member counts. An empty text says nothing, and ids win over all else (contract/README.md §6.2). */
function isAsked({ ids }: EntityCriteria, value: unknown): boolean {
  const hasIds = ids !== undefined && ids !== null && ids.length > 0;
  return !hasIds && value !== undefined && value !== null && value !== '';
}

/** FusionAuth's Java class always writes `ids` and `sortFields`: an empty list is one that is not there. */
export class EntityCriteria extends PageCriteria {
  static override readonly members: MemberReaders = {
    ...PageCriteria.members,
    ids: toCanonicalIds,
    sortFields: parts(SortField),
  };

  @IsOptional()
  @IsArray(listExpected)
  @ArrayMaxSize(idsMax, tooMany)
  @IsUUID('loose', each(uuidExpected))
  readonly ids?: readonly string[] | null;

  @ValidateIf(isAsked)
  @IsIn([], notSupported)
  readonly query?: string | null;

  @ValidateIf(isAsked)
  @IsIn([], notSupported)
  readonly nextResults?: string | null;

  @ValidateIf(isAsked)
  @IsString(textExpected)
  @Matches(plainTerm, termExpected)
  @MaxLength(searchTextCharactersMax, tooLong)
  readonly queryString?: string | null;

  @IsOptional()
  @IsArray(listExpected)
  @ArrayMaxSize(columns.length, tooMany)
  @IsObject(each(objectExpected))
  @ValidateNested(each(objectExpected))
  readonly sortFields?: readonly SortField[] | null;
}

export function toEntitySearch(criteria: EntityCriteria): Search<Field> {
  return {
    condition: toCondition(criteria.queryString),
    order: toSortOrder(criteria.sortFields),
    page: toPage(criteria),
  };
}

/** A term is looked for in every searchable column, without regard to case. */
function toCondition(term: string | null | undefined): Condition<Field> {
  if (!term) return everything;
  const folded = foldCase(term);
  return {
    kind: 'or',
    conditions: [
      wildcardCondition('name', folded, 'whole'),
      wildcardCondition('typeName', folded, 'whole'),
      // A client id is compared exactly wherever it authorizes; ids that we made are in lower case.
      wildcardCondition('clientId', term, 'whole'),
      wildcardCondition('clientId', term.toLowerCase(), 'whole'),
    ],
  };
}

function toSortOrder(
  sortFields: readonly SortField[] | null | undefined,
): readonly OrderStep<Column>[] {
  const steps = (sortFields ?? []).map(({ name, order }) => ({
    field: name,
    isDescending: order?.toLowerCase() === 'desc',
  }));
  return steps.length > 0 ? steps : [{ field: 'name', isDescending: false }];
}
