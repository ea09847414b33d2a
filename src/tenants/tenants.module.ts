import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { InstallationRow } from './installation.row.js';
import { TenantRepository } from './tenant.repository.js';
import { TenantRow } from './tenant.row.js';
import { TenantService } from './tenant.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([TenantRow, InstallationRow]), EventsModule],
  providers: [TenantService, TenantRepository],
  exports: [TenantService],
})
export class TenantsModule {}
