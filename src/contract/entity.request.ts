import {
  IsDefined,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import type { JsonObject } from '../kernel/json.js';
import { type MemberReaders, part } from './request/instantiate.js';
import {
  blank,
  invalid,
  missing,
  nameCharactersMax,
  objectExpected,
  textExpected,
  toCanonicalId,
  tooLong,
  uuidExpected,
} from './request/rules.js';

const clientSecretCharactersMax = 255;

class EntityTypeReference {
  static readonly members: MemberReaders = { id: toCanonicalId };

  @IsDefined(missing)
  @IsUUID('loose', uuidExpected)
  readonly id!: string;
}

export class EntityBody {
  static readonly members: MemberReaders = {
    type: part(EntityTypeReference),
    parentId: toCanonicalId,
  };

  @IsString(textExpected)
  @Matches(/\S/, blank)
  @MaxLength(nameCharactersMax, tooLong)
  readonly name!: string;

  /** Made in advance, so that an entity without a type is told of the id that it lacks. */
  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly type: EntityTypeReference = new EntityTypeReference();

  /** A colon would end the user name of HTTP Basic (RFC 7617 §2), where clients write it unencoded. */
  @IsOptional()
  @IsString(textExpected)
  @IsNotEmpty(blank)
  @Matches(
    /^[\x21-\x39\x3b-\x7e]*$/,
    invalid('must be visible ASCII characters without blanks and colons.'),
  )
  @MaxLength(nameCharactersMax, tooLong)
  readonly clientId?: string | null;

  @IsOptional()
  @IsString(textExpected)
  @MinLength(1, blank)
  @Matches(/^\P{Cc}*$/u, invalid('must have no control characters.'))
  @MaxLength(clientSecretCharactersMax, tooLong)
  readonly clientSecret?: string | null;

  @IsOptional()
  @IsUUID('loose', uuidExpected)
  readonly parentId?: string | null;

  @IsOptional()
  @IsObject(objectExpected)
  readonly data?: JsonObject | null;
}

/** The body of creating, replacing and patching an entity (contract/entities.md §4). */
export class EntityRequest {
  static readonly members: MemberReaders = { entity: part(EntityBody) };

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly entity!: EntityBody;
}
