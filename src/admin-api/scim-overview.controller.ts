import { Controller, Get, Param } from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import type { JsonObject } from '../kernel/json.js';
import { TenantService } from '../tenants/tenant.service.js';
import { IdPipe } from './id.pipe.js';
import { ScimOverview } from './scim-overview.js';

/** Our own call: what a person pastes into an identity provider, in one answer. */
@Controller('/api/rollcall/tenant/:tenantId/scim')
@Requires('/api/rollcall/tenant/scim')
export class ScimOverviewController {
  constructor(
    private readonly overview: ScimOverview,
    private readonly tenants: TenantService,
    private readonly resolver: TenantResolver,
  ) {}

  @Get()
  async get(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) tenantId: string,
  ): Promise<JsonObject> {
    const context = await this.resolver.resolveObject(caller, tenantId);
    return { scim: await this.overview.of(context, await this.tenants.get(tenantId)) };
  }
}
