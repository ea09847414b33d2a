import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { isServed } from '../tenants/tenant.js';
import {
  type TenantContext,
  tenantContext,
  type TenantsContext,
  tenantsContext,
} from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import type { AdminCaller } from './caller.js';

/** The request does not say which tenant it speaks of, and there are several (contract/README.md §3). */
export class TenantRequired extends Error {
  override readonly name = 'TenantRequired';

  constructor() {
    super(
      'A Tenant Id is required: bind the API key to a tenant or send the X-FusionAuth-TenantId header.',
    );
  }
}

/** Decides which tenant a request of the admin API speaks of: the key's, the header's, the object's, the only one. */
@Injectable()
export class TenantResolver {
  constructor(private readonly tenants: TenantService) {}

  /**
   * For calls that make something, or look for something that only a tenant makes unique.
   * @throws TenantRequired; DomainError not_found, when key and header disagree; invalid, for an unknown tenant
   */
  async resolve(caller: AdminCaller): Promise<TenantContext> {
    const named = namedTenant(caller);
    if (named !== undefined) return tenantContext(caller.request, await this.checked(named));
    const [only, ...others] = await this.tenants.listServedIds(2);
    if (only === undefined || others.length > 0) throw new TenantRequired();
    return tenantContext(caller.request, only);
  }

  /**
   * For searches, which need no tenant (contract/README.md §3): the one that is named, else every one that is served.
   * @throws DomainError not_found, when key and header disagree; invalid, for an unknown tenant
   */
  async resolveAll(caller: AdminCaller): Promise<TenantsContext> {
    const named = namedTenant(caller);
    const tenantIds =
      named === undefined ? await this.tenants.listServedIds() : [await this.checked(named)];
    return tenantsContext(caller.request, tenantIds);
  }

  /**
   * For calls that name an object by its id.
   * @param objectTenantId the tenant that the object is in; undefined when there is no such object
   * @throws DomainError not_found, when there is none, or it is in another tenant than the request's or in one that is
   * not served
   */
  async resolveObject(
    caller: AdminCaller,
    objectTenantId: string | undefined,
  ): Promise<TenantContext> {
    if (objectTenantId === undefined) throw noSuchObject();
    this.checkOwn(caller, objectTenantId);
    if (!(await this.isServed(objectTenantId))) throw noSuchObject();
    return tenantContext(caller.request, objectTenantId);
  }

  /**
   * For calls about a tenant itself, in whatever state it is.
   * @throws DomainError not_found, when it is another one than the request's
   */
  checkOwn(caller: AdminCaller, tenantId: string): void {
    const named = namedTenant(caller);
    if (named !== undefined && named !== tenantId) throw noSuchObject();
  }

  private async checked(tenantId: string): Promise<string> {
    if (await this.isServed(tenantId)) return tenantId;
    throw DomainError.invalid({
      field: 'tenantId',
      rule: 'invalid',
      message: `There is no tenant with id [${tenantId}].`,
    });
  }

  private async isServed(tenantId: string): Promise<boolean> {
    const tenant = await this.tenants.find(tenantId);
    return tenant !== undefined && isServed(tenant);
  }
}

function noSuchObject(): DomainError {
  return new DomainError('not_found', 'There is no such object.');
}

function namedTenant({ keyTenantId, headerTenantId }: AdminCaller): string | undefined {
  if (keyTenantId !== undefined && headerTenantId !== undefined && keyTenantId !== headerTenantId)
    throw noSuchObject();
  return keyTenantId ?? headerTenantId;
}
