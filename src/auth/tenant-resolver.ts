import { Injectable } from '@nestjs/common';
import { everything } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { type TenantContext, tenantContext } from '../tenants/tenant-context.js';
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
   * For calls that name no object.
   * @throws TenantRequired; DomainError not_found, when key and header disagree; invalid, for an unknown tenant
   */
  async resolve(caller: AdminCaller): Promise<TenantContext> {
    const named = namedTenant(caller);
    if (named !== undefined) return tenantContext(caller.request, await this.checked(named));
    const { items, total } = await this.tenants.search(everything, [], { offset: 0, limit: 1 });
    const [only] = items;
    if (only === undefined || total > 1) throw new TenantRequired();
    return tenantContext(caller.request, only.id);
  }

  /**
   * For calls that name an object by its id.
   * @param objectTenantId the tenant that the object is in; undefined when there is no such object
   * @throws DomainError not_found, when there is none or it is in another tenant than the request's
   */
  resolveObject(caller: AdminCaller, objectTenantId: string | undefined): TenantContext {
    const named = namedTenant(caller);
    const isForeign = named !== undefined && named !== objectTenantId;
    if (objectTenantId === undefined || isForeign)
      throw new DomainError('not_found', 'There is no such object.');
    return tenantContext(caller.request, objectTenantId);
  }

  private async checked(tenantId: string): Promise<string> {
    if ((await this.tenants.find(tenantId)) !== undefined) return tenantId;
    throw DomainError.invalid({
      field: 'tenantId',
      rule: 'invalid',
      message: `There is no tenant with id [${tenantId}].`,
    });
  }
}

function namedTenant({ keyTenantId, headerTenantId }: AdminCaller): string | undefined {
  if (keyTenantId !== undefined && headerTenantId !== undefined && keyTenantId !== headerTenantId) {
    throw new DomainError('not_found', 'There is no such object.');
  }
  return keyTenantId ?? headerTenantId;
}
