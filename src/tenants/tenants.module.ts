import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { InstallationRow } from './installation.row.js';
import { LastKnownTenants } from './last-known-tenants.js';
import { ProvisioningRepository } from './provisioning.repository.js';
import { ProvisioningRow } from './provisioning.row.js';
import { ProvisioningService } from './provisioning.service.js';
import { TenantContentRepository } from './tenant-content.repository.js';
import { TenantEraser } from './tenant-eraser.js';
import { TenantSealing } from './tenant-sealing.js';
import { TenantSecrets } from './tenant-secrets.js';
import { TenantRepository } from './tenant.repository.js';
import { TenantRow } from './tenant.row.js';
import { TenantService } from './tenant.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([TenantRow, InstallationRow, ProvisioningRow]),
    EventsModule,
    KeysModule,
  ],
  providers: [
    TenantService,
    LastKnownTenants,
    TenantSecrets,
    TenantSealing,
    TenantRepository,
    TenantEraser,
    TenantContentRepository,
    ProvisioningService,
    ProvisioningRepository,
  ],
  exports: [TenantService, LastKnownTenants, TenantSealing, TenantEraser, ProvisioningService],
})
export class TenantsModule {}
