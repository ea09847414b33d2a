import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DatabaseHealth } from './database-health.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [AuthModule], controllers: [HealthController], providers: [DatabaseHealth] })
export class HealthModule {}
