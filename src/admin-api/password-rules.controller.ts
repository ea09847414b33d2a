import { Controller, Get, Headers, Param } from '@nestjs/common';
import { anyone, Requires } from '../auth/requires.js';
import { TenantRequired } from '../auth/tenant-resolver.js';
import { parseId } from '../contract/request/id.js';
import { toPasswordRulesJson } from '../contract/tenant.js';
import { DomainError } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { isServed } from '../tenants/tenant.js';
import { TenantService } from '../tenants/tenant.service.js';
import { IdPipe } from './id.pipe.js';

/** contract/tenants.md §1. A page where somebody chooses a password shows the rules, so they are open to everybody. */
@Controller('/api/tenant/password-validation-rules')
@Requires(anyone)
export class PasswordRulesController {
  constructor(private readonly tenants: TenantService) {}

  /** The tenant is that of the path, of the header, or the only one. */
  @Get(['', ':tenantId'])
  async get(
    @Param('tenantId', IdPipe) id: string | undefined,
    @Headers('x-fusionauth-tenantid') header: string | undefined,
  ): Promise<JsonObject> {
    const named = id ?? (header ? parseId(header, 'X-FusionAuth-TenantId') : undefined);
    const tenant = await this.tenants.get(named ?? (await this.onlyId()));
    if (!isServed(tenant)) throw DomainError.notFound('tenant', tenant.id);
    return { passwordValidationRules: toPasswordRulesJson(tenant) };
  }

  private async onlyId(): Promise<string> {
    const [only, ...others] = await this.tenants.listServedIds(2);
    if (only === undefined || others.length > 0) throw new TenantRequired();
    return only;
  }
}
