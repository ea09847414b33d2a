import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import { LastKnown } from '../persistence/last-known.js';
import type { Tenant } from './tenant.js';
import { TenantService } from './tenant.service.js';

const tenantsMax = 1_000;

const defaultKey = 'default';

/**
 * Tenants for what is published about them, which goes on while the database is away. Nobody gets in by these: whoever
 * decides what a credential may do reads the tenant itself.
 */
@Injectable()
export class LastKnownTenants {
  private readonly known: LastKnown<Tenant>;

  constructor(
    private readonly tenants: TenantService,
    events: EventRecorder,
    clock: Clock,
  ) {
    this.known = new LastKnown(clock, tenantsMax);
    events.onCommitted(({ objectType }) => {
      if (objectType === 'tenant') this.known.forgetAll();
    });
  }

  find(id: string): Promise<Tenant | undefined> {
    return this.known.get(id, () => this.tenants.find(id));
  }

  findDefault(): Promise<Tenant | undefined> {
    return this.known.get(defaultKey, () => this.tenants.getDefault());
  }
}
