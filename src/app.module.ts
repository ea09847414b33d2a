import { type DynamicModule, Module } from '@nestjs/common';
import { AdminApiModule } from './admin-api/admin-api.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Configuration } from './config/configuration.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { FaceErrorFilter } from './face-error.filter.js';
import { HealthModule } from './health/health.module.js';
import { KeysModule } from './keys/keys.module.js';
import { KernelModule } from './kernel/kernel.module.js';
import { OauthModule } from './oauth/oauth.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { ScimModule } from './scim/scim.module.js';
import { TenantsModule } from './tenants/tenants.module.js';

/** The only file that lists the rooms. */
@Module({})
export class AppModule {
  static of(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      providers: [FaceErrorFilter],
      imports: [
        ConfigModule.of(configuration),
        KernelModule,
        PersistenceModule,
        TenantsModule,
        KeysModule,
        AuthModule,
        ConnectionsModule,
        HealthModule,
        OauthModule,
        ScimModule,
        AdminApiModule,
      ],
    };
  }
}
