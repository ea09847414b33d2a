import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { InstallationRow } from './installation.row.js';
import { TenantContentRepository } from './tenant-content.repository.js';
import { TenantEraser } from './tenant-eraser.js';
import { TenantRepository } from './tenant.repository.js';
import { TenantRow } from './tenant.row.js';
import { TenantService } from './tenant.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([TenantRow, InstallationRow]), EventsModule],
  providers: [TenantService, TenantRepository, TenantEraser, TenantContentRepository],
  exports: [TenantService, TenantEraser],
})
export class TenantsModule {}
