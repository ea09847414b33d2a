import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ClientClaimRepository } from './client-claim.repository.js';
import { ClientClaims } from './client-claims.js';
import { EntityRow, EntitySecretRow } from './entity.row.js';
import { EntityRepository } from './entity.repository.js';
import { EntitySecretRepository } from './entity-secret.repository.js';
import { EntitySecrets } from './entity-secrets.js';
import { EntityService } from './entity.service.js';
import { EntityTypeMemory } from './entity-type-memory.js';
import { EntityTypeRepository } from './entity-type.repository.js';
import { EntityTypeRow, PermissionRow } from './entity-type.row.js';
import { EntityTypeService } from './entity-type.service.js';
import { GrantEndings } from './grant-endings.js';
import { GrantRepository } from './grant.repository.js';
import { GrantPermissionRow, GrantRow } from './grant.row.js';
import { GrantService } from './grant.service.js';

const rows = [
  EntityTypeRow,
  PermissionRow,
  EntityRow,
  EntitySecretRow,
  GrantRow,
  GrantPermissionRow,
];

@Module({
  imports: [TypeOrmModule.forFeature(rows), EventsModule, KeysModule],
  providers: [
    EntityTypeService,
    EntityTypeRepository,
    EntityTypeMemory,
    EntityService,
    EntityRepository,
    EntitySecrets,
    EntitySecretRepository,
    ClientClaims,
    ClientClaimRepository,
    GrantService,
    GrantRepository,
    GrantEndings,
  ],
  exports: [EntityTypeService, EntityService, ClientClaims, GrantService, GrantEndings],
})
export class EntitiesModule {}
