import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { EntitiesModule } from '../entities/entities.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AuthorizationController } from './authorization.controller.js';
import { ClientAuthenticator } from './client-authenticator.js';
import { IntrospectionEndpoint } from './introspection.endpoint.js';
import { JwtController } from './jwt.controller.js';
import { ProviderPool } from './provider-pool.js';
import { TokenEndpoint } from './token.endpoint.js';
import { WellKnownController } from './well-known.controller.js';

/** The OAuth face: token endpoint, introspection, discovery and key sets. `oauth.mount.ts` adds its form routes. */
@Module({
  imports: [AuthModule, TenantsModule, EntitiesModule, TokensModule, KeysModule],
  controllers: [JwtController, WellKnownController, AuthorizationController],
  providers: [TokenEndpoint, IntrospectionEndpoint, ClientAuthenticator, ProviderPool],
})
export class OauthModule {}
