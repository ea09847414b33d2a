import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { KeyRepository } from './key.repository.js';
import { KeyRow } from './key.row.js';
import { KeyService } from './key.service.js';
import { SecretBox } from './secret-box.js';

@Module({
  imports: [TypeOrmModule.forFeature([KeyRow]), EventsModule],
  providers: [KeyService, KeyRepository, SecretBox],
  exports: [KeyService, SecretBox],
})
export class KeysModule {}
