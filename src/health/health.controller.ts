import { Controller, Get, Headers, HttpCode, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiKeyService } from '../auth/api-key.service.js';
import { anyone, Requires } from '../auth/requires.js';
import { apiVersion } from '../kernel/api-version.js';
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
    private readonly apiKeys: ApiKeyService,
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

  /** A key of all tenants is told the version too (contract/operations.md §8); no key is needed for the rest. */
  @Get('/status')
  async status(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ status: string; version?: string }> {
    if (await this.database.isReachable()) {
      const key = await this.apiKeys.findAllowed(authorization, '/api/status', 'GET');
      const isGlobal = key !== undefined && key.tenantId === undefined;
      return { status: 'Ok', ...(isGlobal ? { version: apiVersion } : {}) };
    }
    void reply.code(databaseUnreachable);
    return { status: 'DatabaseUnreachable' };
  }
}
