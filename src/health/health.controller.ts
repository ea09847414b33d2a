import { Controller, Get, HttpCode, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { anyone, Requires } from '../auth/requires.js';
import { Readiness } from '../kernel/readiness.js';
import { DatabaseHealth } from './database-health.js';

/** FusionAuth's number for a database that can not be reached (contract/operations.md §8). */
const databaseUnreachable = 452;

const retryAfterSeconds = 5;

/** Whether the server lives, and whether it can work. Strangers learn nothing more. */
@Controller('/api')
@Requires(anyone)
export class HealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly readiness: Readiness,
  ) {}

  @Get('/health')
  @HttpCode(HttpStatus.OK)
  alive(): void {
    // That this runs is the answer.
  }

  @Get('/health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    const isReachable = await this.database.isReachable();
    if (isReachable && !this.readiness.isStopping) return { status: 'Ready' };
    void reply.code(HttpStatus.SERVICE_UNAVAILABLE).header('Retry-After', retryAfterSeconds);
    return { status: isReachable ? 'Stopping' : 'DatabaseUnreachable' };
  }

  @Get('/status')
  async status(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    if (await this.database.isReachable()) return { status: 'Ok' };
    void reply.code(databaseUnreachable);
    return { status: 'DatabaseUnreachable' };
  }
}
