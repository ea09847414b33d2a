import {
  IsBoolean,
  IsDefined,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { JsonObject } from '../kernel/json.js';
import { type MemberReaders, part } from './request/instantiate.js';
import {
  blank,
  flagExpected,
  invalid,
  missing,
  nameCharactersMax,
  objectExpected,
  textExpected,
  toCanonicalId,
  tooLong,
  uuidExpected,
} from './request/rules.js';

const descriptionCharactersMax = 10_000;

export class PermissionBody {
  static readonly members: MemberReaders = { id: toCanonicalId };

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly id?: string | null;

  /** What a scope can carry (RFC 6749 §3.3), without the comma that separates permissions in it. */
  @IsString(textExpected)
  @IsNotEmpty(blank)
  @Matches(
    /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]*$/,
    invalid(
      'must be ASCII letters, digits and signs without blanks, commas, quotes and backslashes: nothing else can stand in a scope.',
    ),
  )
  @MaxLength(nameCharactersMax, tooLong)
  readonly name!: string;

  @IsOptional()
  @IsString(textExpected)
  @MaxLength(descriptionCharactersMax, tooLong)
  readonly description?: string | null;

  @IsOptional()
  @IsBoolean(flagExpected)
  readonly isDefault?: boolean | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly data?: JsonObject | null;
}

/** The body of creating, replacing and patching a permission of an entity type (contract/entities.md §2). */
export class PermissionRequest {
  static readonly members: MemberReaders = { permission: part(PermissionBody) };

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly permission!: PermissionBody;
}
