import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuthModule } from '../auth/auth.module.js';
import { EntitiesModule } from '../entities/entities.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ChosenIds } from './chosen-ids.js';
import { EntitiesController } from './entities.controller.js';
import { EntitySearchController } from './entity-search.controller.js';
import { EntityTypesController } from './entity-types.controller.js';
import { AdminErrorFilter } from './error.filter.js';
import { GrantSearchController } from './grant-search.controller.js';
import { GrantsController } from './grants.controller.js';
import { LambdasController } from './lambdas.controller.js';
import { PasswordRulesController } from './password-rules.controller.js';
import { PermissionsController } from './permissions.controller.js';
import { ProvisioningController } from './provisioning.controller.js';
import { RouteMethods } from './route-methods.js';
import { ScimOverviewController } from './scim-overview.controller.js';
import { ScimOverview } from './scim-overview.js';
import { SystemController } from './system.controller.js';
import { TenantsController } from './tenants.controller.js';
import { UnservedController } from './unserved.controller.js';

/** FusionAuth's REST API: its paths, its JSON, its errors. */
@Module({
  imports: [AuthModule, DiscoveryModule, TenantsModule, EntitiesModule, TokensModule, KeysModule],
  controllers: [
    TenantsController,
    EntityTypesController,
    PermissionsController,
    EntitiesController,
    EntitySearchController,
    GrantsController,
    GrantSearchController,
    LambdasController,
    SystemController,
    ScimOverviewController,
    ProvisioningController,
    PasswordRulesController,
    UnservedController,
  ],
  providers: [AdminErrorFilter, ChosenIds, RouteMethods, ScimOverview],
  exports: [AdminErrorFilter],
})
export class AdminApiModule {}
