import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { RequestContext } from '../kernel/actor.js';
import { DomainError } from '../kernel/domain-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import {
  TenantContentRepository,
  type TenantPart,
  tenantParts,
} from './tenant-content.repository.js';
import { tenantContext } from './tenant-context.js';
import { TenantRepository } from './tenant.repository.js';

const system: RequestContext = { actor: { kind: 'system', id: 'erasure' }, requestId: 'erasure' };

/**
 * Takes away tenants that are marked `PendingDelete`: what they hold in many short transactions, then the row. Others
 * can write between them, and no statement grows with the tenant. What is left undone when a process ends, the next
 * start goes on with. Several processes may work at one tenant: each step holds the tenant's row.
 */
@Injectable()
export class TenantEraser implements OnModuleDestroy {
  private readonly logger = new Logger(TenantEraser.name);
  private readonly running = new Map<string, Promise<void>>();
  private isStopping = false;

  constructor(
    private readonly tenants: TenantRepository,
    private readonly content: TenantContentRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Resolves when the tenant is gone, whoever has done the work.
   * @throws DomainError unavailable, when the server stops or the database is away: the tenant stays marked
   */
  erase(tenantId: string): Promise<void> {
    const running = this.running.get(tenantId);
    if (running !== undefined) return running;
    const erasure = this.eraseAll(tenantId).finally(() => this.running.delete(tenantId));
    this.running.set(tenantId, erasure);
    return erasure;
  }

  /** The same for a tenant that nobody waits for. */
  eraseUnattended(tenantId: string): void {
    void this.eraseLogged(tenantId);
  }

  /** Goes on with what earlier processes have left, one tenant after the other, beside the requests. */
  async resume(): Promise<void> {
    for (const tenantId of await this.tenants.listIds('PendingDelete'))
      await this.eraseLogged(tenantId);
  }

  /** The step under way is finished; the rest waits for the next start. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    await Promise.allSettled(this.running.values());
  }

  private async eraseLogged(tenantId: string): Promise<void> {
    try {
      await this.erase(tenantId);
    } catch (error) {
      if (this.isStopping) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn(
        `The tenant ${tenantId} is not yet deleted: ${reason} The next start goes on with it, or another DELETE.`,
      );
    }
  }

  private async eraseAll(tenantId: string): Promise<void> {
    for (const part of tenantParts) {
      while (await this.eraseSome(tenantId, part));
    }
    await this.inStep(tenantId, () => this.tenants.delete(tenantId));
  }

  /** @returns whether there may be more of the part */
  private async eraseSome(tenantId: string, part: TenantPart): Promise<boolean> {
    const context = tenantContext(system, tenantId);
    const deleted = await this.inStep(tenantId, () => this.content.deleteSome(context, part));
    return deleted !== undefined && deleted > 0;
  }

  /** Two processes that took the same rows would each find fewer than there are: so one at a time, under the lock. */
  private async inStep<Result>(
    tenantId: string,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    if (this.isStopping)
      throw new DomainError(
        'unavailable',
        'The server is stopping; the deletion goes on when it starts again.',
      );
    return this.unitOfWork.run(async () => {
      const tenant = await this.tenants.findForChange(tenantId);
      return tenant?.state === 'PendingDelete' ? work() : undefined;
    });
  }
}
