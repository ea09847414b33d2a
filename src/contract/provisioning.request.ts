import { IsBoolean, IsDefined, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { type MemberReaders, part } from './request/instantiate.js';
import { flagExpected, missing, objectExpected } from './request/rules.js';

export class ProvisioningBody {
  @IsOptional()
  @IsBoolean(flagExpected)
  readonly uniqueEmail?: boolean | null;
}

/** The body of replacing what a tenant asks of the provisioning of its people. */
export class ProvisioningRequest {
  static readonly members: MemberReaders = { provisioning: part(ProvisioningBody) };

  @IsDefined(missing)
  @IsObject(objectExpected)
  @ValidateNested(objectExpected)
  readonly provisioning!: ProvisioningBody;
}
