import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AdminGuard } from './admin.guard.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyRow } from './api-key.row.js';
import { ApiKeyService } from './api-key.service.js';
import { RouteCheck } from './route-check.js';
import { ScimAuthenticator } from './scim-authenticator.js';
import { SecretThrottle } from './secret-throttle.js';
import { TenantResolver } from './tenant-resolver.js';

/** From a credential to an actor in a tenant; its guard stands before every route of the application. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ApiKeyRow]),
    DiscoveryModule,
    TenantsModule,
    TokensModule,
    KeysModule,
    EventsModule,
  ],
  providers: [
    ApiKeyService,
    ApiKeyRepository,
    TenantResolver,
    ScimAuthenticator,
    SecretThrottle,
    RouteCheck,
    { provide: APP_GUARD, useClass: AdminGuard },
  ],
  exports: [ApiKeyService, TenantResolver, ScimAuthenticator, SecretThrottle],
})
export class AuthModule {}
