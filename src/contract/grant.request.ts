import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import type { Problem } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { type MemberReaders, part } from './request/instantiate.js';
import type { HasCrossFieldRules } from './request/parse-request.js';
import {
  each,
  listExpected,
  missing,
  objectExpected,
  textExpected,
  toCanonicalId,
  tooMany,
  uuidExpected,
} from './request/rules.js';

const permissionsMax = 1_000;

export class GrantBody {
  static readonly members: MemberReaders = {
    recipientEntityId: toCanonicalId,
    userId: toCanonicalId,
  };

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly recipientEntityId?: string | null;

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly userId?: string | null;

  @IsOptional()
  @IsArray(listExpected)
  @ArrayMaxSize(permissionsMax, tooMany)
  @IsString(each(textExpected))
  readonly permissions?: readonly string[] | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly data?: JsonObject | null;
}

/** The body of writing a grant (contract/entities.md §5). */
export class GrantRequest implements HasCrossFieldRules {
  static readonly members: MemberReaders = { grant: part(GrantBody) };

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly grant!: GrantBody;

  crossFieldProblems(): readonly Problem[] {
    return recipientProblems(this.grant).map((problem) => ({
      ...problem,
      field: `grant.${problem.field}`,
    }));
  }
}

/** A recipient is an entity or a user: exactly one of the two is named. */
export function recipientProblems(
  named: Pick<GrantBody, 'recipientEntityId' | 'userId'>,
): Problem[] {
  const hasEntity = typeof named.recipientEntityId === 'string';
  const hasUser = typeof named.userId === 'string';
  if (hasEntity !== hasUser) return [];
  const message = 'Name exactly one of [recipientEntityId] and [userId].';
  return [{ field: 'recipientEntityId', rule: hasEntity ? 'invalid' : 'missing', message }];
}
