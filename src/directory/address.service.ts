import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { ProvisioningService } from '../tenants/provisioning.service.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { User } from './user.js';
import { UserRepository } from './user.repository.js';

/** Whether a tenant wants strict addresses, asked for once in a unit of work and only if it matters. */
export type Strictness = () => Promise<boolean>;

/** Who may have an address that another one has: everybody, unless the tenant wants strict addresses. */
@Injectable()
export class AddressService {
  constructor(
    private readonly users: UserRepository,
    private readonly provisioning: ProvisioningService,
  ) {}

  strictnessOf({ tenantId }: TenantContext): Strictness {
    let known: Promise<boolean> | undefined;
    return () => {
      known ??= this.provisioning.get(tenantId).then(({ isEmailUnique }) => isEmailUnique);
      return known;
    };
  }

  /**
   * @param users as they are stored now, in the open unit of work
   * @throws DomainError conflict, when the address of one of them that is active stands for another active user too and
   * the tenant wants strict addresses
   */
  async refuseSharing(
    context: TenantContext,
    users: readonly User[],
    isStrict: Strictness,
  ): Promise<void> {
    const active = users.filter(({ isActive }) => isActive);
    if (active.length === 0 || !(await isStrict())) return;
    for (const user of active)
      if (await this.users.isEmailOfOther(context, user))
        throw DomainError.invalid({
          field: 'email',
          rule: 'duplicate',
          message: 'An active user with the same e-mail address already exists.',
        });
  }
}
