import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { defaultProvisioning, type Provisioning } from './provisioning.js';
import { ProvisioningRepository } from './provisioning.repository.js';
import { TenantService } from './tenant.service.js';

/** What a tenant asks of the provisioning of its people. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly provisioning: ProvisioningRepository,
    private readonly tenants: TenantService,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** The defaults for a tenant that has asked for nothing. */
  async get(tenantId: string): Promise<Provisioning> {
    return (await this.provisioning.find(tenantId)) ?? defaultProvisioning;
  }

  /**
   * Replaces what a tenant asks for. It holds for what is written from then on: people who share an address already go
   * on to do so.
   * @throws DomainError not_found; invalid, for a tenant that is being deleted
   */
  replace(context: RequestContext, tenantId: string, after: Provisioning): Promise<Provisioning> {
    return this.unitOfWork.runInLine(`tenant ${tenantId}`, async () => {
      await this.tenants.lock(tenantId);
      const before = await this.get(tenantId);
      if (isDeepStrictEqual(before, after)) return before;
      await this.provisioning.save(tenantId, after, this.clock.now());
      await this.events.record(
        { ...context, tenantId },
        {
          type: 'tenant.update',
          objectType: 'tenant',
          objectId: tenantId,
          before: { id: tenantId, provisioning: { ...before } },
          after: { id: tenantId, provisioning: { ...after } },
        },
      );
      return after;
    });
  }
}
