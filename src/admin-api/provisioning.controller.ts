import { Controller, Get, Param, Put } from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import { toProvisioning, toProvisioningJson } from '../contract/provisioning.js';
import { ProvisioningRequest } from '../contract/provisioning.request.js';
import { parseRequest } from '../contract/request/parse-request.js';
import { JsonBody } from '../edge/request-body.js';
import type { JsonObject } from '../kernel/json.js';
import { ProvisioningService } from '../tenants/provisioning.service.js';
import { TenantService } from '../tenants/tenant.service.js';
import { IdPipe } from './id.pipe.js';

/** Our own call: what a tenant asks of the provisioning of its people. */
@Controller('/api/rollcall/tenant/:tenantId/provisioning')
@Requires('/api/rollcall/tenant/provisioning')
export class ProvisioningController {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly tenants: TenantService,
    private readonly resolver: TenantResolver,
  ) {}

  @Get()
  async get(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) tenantId: string,
  ): Promise<JsonObject> {
    this.resolver.checkOwn(caller, tenantId);
    const { id } = await this.tenants.get(tenantId);
    return { provisioning: toProvisioningJson(await this.provisioning.get(id)) };
  }

  @Put()
  async replace(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) tenantId: string,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    this.resolver.checkOwn(caller, tenantId);
    const wanted = toProvisioning(parseRequest(ProvisioningRequest, body).provisioning);
    const replaced = await this.provisioning.replace(caller.request, tenantId, wanted);
    return { provisioning: toProvisioningJson(replaced) };
  }
}
