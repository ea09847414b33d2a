import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EntitiesModule } from '../entities/entities.module.js';
import { EventsModule } from '../events/events.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TokenMemory } from './token-memory.js';
import { TokenPurge } from './token-purge.js';
import { TokenRevocation } from './token-revocation.js';
import { TokenRepository } from './token.repository.js';
import { TokenRow } from './token.row.js';
import { TokenService } from './token.service.js';
import { TokenVerifier } from './token-verifier.js';

/** The record of what was issued, and verification for every face. */
@Module({
  imports: [
    TypeOrmModule.forFeature([TokenRow]),
    TenantsModule,
    EntitiesModule,
    KeysModule,
    EventsModule,
  ],
  providers: [
    TokenService,
    TokenVerifier,
    TokenPurge,
    TokenMemory,
    TokenRevocation,
    TokenRepository,
  ],
  exports: [TokenService, TokenVerifier],
})
export class TokensModule {}
