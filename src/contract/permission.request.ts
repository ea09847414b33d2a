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

  /** Commas and blanks separate permissions in a token's scope. */
  @IsString(textExpected)
  @IsNotEmpty(blank)
  @Matches(
    /^[^\s,]*$/,
    invalid('must have no blanks and no commas: these separate permissions in a scope.'),
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
