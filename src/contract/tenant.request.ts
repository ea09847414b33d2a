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
import type { Problem } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { lambdaProblems } from './lambda-references.js';
import { type MemberReaders, part } from './request/instantiate.js';
import type { HasCrossFieldRules } from './request/parse-request.js';
import {
  blank,
  each,
  flagExpected,
  integerExpected,
  integerMax,
  invalid,
  listExpected,
  missing,
  nameCharactersMax,
  objectExpected,
  textExpected,
  toCanonicalId,
  tooLarge,
  tooLong,
  tooSmall,
  uuidExpected,
} from './request/rules.js';
import { pickTenantBlocks, tenantBlockProblems } from './tenant-blocks.js';

const issuerCharactersMax = 1_024;

class TenantJwtBody {
  static readonly members: MemberReaders = {
    accessTokenKeyId: toCanonicalId,
    idTokenKeyId: toCanonicalId,
  };

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly accessTokenKeyId?: string | null;

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly idTokenKeyId?: string | null;

  @IsOptional()
  @IsInt(integerExpected)
  @Min(1, tooSmall)
  @Max(integerMax, tooLarge)
  readonly timeToLiveInSeconds?: number | null;
}

/** With SCIM on both types are needed; with SCIM off they may be there already. */
function isWanted(scim: { enabled?: boolean | null }, id: unknown): boolean {
  return scim.enabled === true || (id !== undefined && id !== null);
}

class TenantScimBody {
  static readonly members: MemberReaders = {
    clientEntityTypeId: toCanonicalId,
    serverEntityTypeId: toCanonicalId,
  };

  @IsOptional()
  @IsBoolean(flagExpected)
  readonly enabled?: boolean | null;

  @ValidateIf(isWanted)
  @IsDefined(missing)
  @IsUUID('loose', uuidExpected)
  readonly clientEntityTypeId?: string | null;

  @ValidateIf(isWanted)
  @IsDefined(missing)
  @IsUUID('loose', uuidExpected)
  readonly serverEntityTypeId?: string | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly schemas?: JsonObject | null;
}

export class TenantBody {
  static readonly members: MemberReaders = {
    jwtConfiguration: part(TenantJwtBody),
    scimServerConfiguration: part(TenantScimBody),
  };

  @IsString(textExpected)
  @Matches(/\S/, blank)
  @MaxLength(nameCharactersMax, tooLong)
  readonly name!: string;

  @IsOptional()
  @IsString(textExpected)
  @Matches(/\S/, blank)
  @MaxLength(issuerCharactersMax, tooLong)
  readonly issuer?: string | null;

  @IsOptional()
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly jwtConfiguration?: TenantJwtBody | null;

  @IsOptional()
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly scimServerConfiguration?: TenantScimBody | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly data?: JsonObject | null;

  /** All that has no function here, as it came. */
  get blocks(): JsonObject {
    return pickTenantBlocks(this);
  }
}

/** The body of creating, replacing and patching a tenant (contract/tenants.md §1). */
export class TenantRequest implements HasCrossFieldRules {
  static readonly members: MemberReaders = {
    sourceTenantId: toCanonicalId,
    tenant: part(TenantBody),
  };

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly sourceTenantId?: string | null;

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly tenant!: TenantBody;

  /** There are no webhooks that one could name. */
  @IsOptional()
  @IsArray(listExpected)
  @IsUUID('loose', each(uuidExpected))
  @ArrayMaxSize(0, invalid('must be empty: there are no webhooks.'))
  readonly webhookIds?: readonly string[] | null;

  crossFieldProblems(): readonly Problem[] {
    const { blocks } = this.tenant;
    return [...tenantBlockProblems(blocks), ...lambdaProblems(blocks)].map((problem) => ({
      ...problem,
      field: `tenant.${problem.field}`,
    }));
  }
}

/** The optional body of deleting a tenant. */
export class TenantDeleteRequest {
  @IsOptional()
  @IsBoolean(flagExpected)
  readonly async?: boolean | null;
}
