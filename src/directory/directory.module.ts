import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { AddressService } from './address.service.js';
import { BatchService } from './batch.service.js';
import { CounterRepository } from './counter.repository.js';
import { CounterRow } from './counter.row.js';
import { DirectorySearchRepository } from './directory-search.repository.js';
import { DirectorySearchService } from './directory-search.service.js';
import { ExternalIdRepository } from './external-id.repository.js';
import { GroupRepository } from './group.repository.js';
import { GroupExternalIdRow, GroupMemberRow, GroupRow } from './group.row.js';
import { GroupService } from './group.service.js';
import { KeyHolderRepository } from './key-holder.repository.js';
import { ListRepository } from './list.repository.js';
import { MemberRepository } from './member.repository.js';
import { MembershipService } from './membership.service.js';
import { PasswordHasher } from './password-hasher.js';
import { UserLockRepository } from './user-lock.repository.js';
import { UserLockService } from './user-lock.service.js';
import { UserRepository } from './user.repository.js';
import {
  UserCredentialRow,
  UserExternalIdRow,
  UserLockRow,
  UserRow,
  UserValueRow,
} from './user.row.js';
import { UserService } from './user.service.js';

const rows = [
  UserRow,
  UserCredentialRow,
  UserLockRow,
  UserValueRow,
  UserExternalIdRow,
  GroupRow,
  GroupExternalIdRow,
  GroupMemberRow,
  CounterRow,
];

/** Users, groups and memberships: the one model of people. */
@Module({
  imports: [TypeOrmModule.forFeature(rows), EventsModule, TenantsModule],
  providers: [
    BatchService,
    AddressService,
    UserService,
    UserRepository,
    UserLockRepository,
    UserLockService,
    GroupService,
    GroupRepository,
    MembershipService,
    MemberRepository,
    ExternalIdRepository,
    CounterRepository,
    KeyHolderRepository,
    ListRepository,
    DirectorySearchRepository,
    DirectorySearchService,
    PasswordHasher,
  ],
  exports: [BatchService, UserService, GroupService, DirectorySearchService, PasswordHasher],
})
export class DirectoryModule {}
