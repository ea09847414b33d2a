import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Page } from '../../kernel/page.js';
import type { MemberReaders } from '../request/instantiate.js';
import {
  integerExpected,
  integerMax,
  textExpected,
  toInteger,
  tooLarge,
  tooLong,
  tooSmall,
} from '../request/rules.js';

const pageSizeDefault = 25;
const pageSizeMax = 1_000;
export const searchTextCharactersMax = 255;

/** Which part of the findings is wanted (contract/README.md §6). */
export class PageCriteria {
  static readonly members: MemberReaders = { numberOfResults: toInteger, startRow: toInteger };

  @IsOptional()
  @IsInt(integerExpected)
  @Min(0, tooSmall)
  @Max(pageSizeMax, tooLarge)
  readonly numberOfResults?: number | null;

  @IsOptional()
  @IsInt(integerExpected)
  @Min(0, tooSmall)
  @Max(integerMax, tooLarge)
  readonly startRow?: number | null;
}

/** A search by name, as most objects have it. */
export class NameCriteria extends PageCriteria {
  @IsOptional()
  @IsString(textExpected)
  @MaxLength(searchTextCharactersMax, tooLong)
  readonly name?: string | null;
}

export function toPage(criteria: PageCriteria): Page {
  return { offset: criteria.startRow ?? 0, limit: criteria.numberOfResults ?? pageSizeDefault };
}
