import { Module } from '@nestjs/common';
import { EntitiesModule } from '../entities/entities.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ConnectionService } from './connection.service.js';

@Module({
  imports: [TenantsModule, EntitiesModule, KeysModule, TokensModule],
  providers: [ConnectionService],
  exports: [ConnectionService],
})
export class ConnectionsModule {}
