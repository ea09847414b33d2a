import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { JsonObject } from '../kernel/json.js';
import { PermissionBody } from './permission.request.js';
import { type MemberReaders, part, parts } from './request/instantiate.js';
import {
  blank,
  each,
  flagExpected,
  integerExpected,
  integerMax,
  listExpected,
  missing,
  nameCharactersMax,
  objectExpected,
  textExpected,
  toCanonicalId,
  toCanonicalIds,
  tooLarge,
  tooLong,
  tooMany,
  tooSmall,
  uuidExpected,
} from './request/rules.js';

const permissionsMax = 1_000;
const verificationKeysMax = 100;

class EntityTypeJwtBody {
  static readonly members: MemberReaders = {
    accessTokenKeyId: toCanonicalId,
    accessTokenVerificationKeyIds: toCanonicalIds,
  };

  @IsOptional()
  @IsBoolean(flagExpected)
  readonly enabled?: boolean | null;

  /** FusionAuth's Java class says 0 where nobody said anything; with the settings off that means nothing. */
  @ValidateIf(
    (jwt: EntityTypeJwtBody, seconds: unknown) =>
      jwt.enabled === true || (seconds !== undefined && seconds !== null && seconds !== 0),
  )
  @IsDefined(missing)
  @IsInt(integerExpected)
  @Min(1, tooSmall)
  @Max(integerMax, tooLarge)
  readonly timeToLiveInSeconds?: number | null;

  /** Optional also when enabled: the tenant's key signs then. */
  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly accessTokenKeyId?: string | null;

  @IsOptional()
  @IsArray(listExpected)
  @ArrayMaxSize(verificationKeysMax, tooMany)
  @IsUUID('loose', each(uuidExpected))
  readonly accessTokenVerificationKeyIds?: readonly string[] | null;
}

export class EntityTypeBody {
  static readonly members: MemberReaders = {
    jwtConfiguration: part(EntityTypeJwtBody),
    permissions: parts(PermissionBody),
  };

  @IsString(textExpected)
  @Matches(/\S/, blank)
  @MaxLength(nameCharactersMax, tooLong)
  readonly name!: string;

  @IsOptional()
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly jwtConfiguration?: EntityTypeJwtBody | null;

  /** Read when a type is created; afterwards permissions have calls of their own. */
  @IsOptional()
  @IsArray(listExpected)
  @ArrayMaxSize(permissionsMax, tooMany)
  @IsObject(each(objectExpected))
  @ValidateNested(each(objectExpected))
  readonly permissions?: readonly PermissionBody[] | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly data?: JsonObject | null;
}

/** The body of creating, replacing and patching an entity type (contract/entities.md §1). */
export class EntityTypeRequest {
  static readonly members: MemberReaders = { entityType: part(EntityTypeBody) };

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly entityType!: EntityTypeBody;
}
