import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DirectoryModule } from '../directory/directory.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { BulkController } from './bulk.controller.js';
import { BulkService } from './bulk.service.js';
import { Endpoints } from './endpoints.js';
import { GroupHandler } from './group.handler.js';
import { Paging } from './paging.js';
import { RootController } from './root.controller.js';
import { RootHandler } from './root.handler.js';
import { ScimController } from './scim.controller.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { ScimGuard } from './scim.guard.js';
import { EnterpriseUserHandler, UserHandler } from './user.handler.js';

/** The SCIM 2.0 server. */
@Module({
  imports: [AuthModule, DirectoryModule, KeysModule],
  controllers: [RootController, BulkController, ScimController],
  providers: [
    UserHandler,
    EnterpriseUserHandler,
    GroupHandler,
    Endpoints,
    RootHandler,
    Paging,
    BulkService,
    ScimGuard,
    ScimErrorFilter,
  ],
  exports: [ScimErrorFilter],
})
export class ScimModule {}
