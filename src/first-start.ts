import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeyService } from './keys/key.service.js';
import { isHeldByAnother } from './persistence/database-error.js';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { TenantService } from './tenants/tenant.service.js';

/** What a start may do to a new installation, together with the default tenant and the first signing key. */
export interface FirstStart {
  /** The id of the default tenant, when this start is the one that makes it. */
  readonly defaultTenantId: string | undefined;
  /** Whether there is something to be done. Asked again once no other process is at it. */
  isDue(app: NestFastifyApplication): Promise<boolean>;
  run(app: NestFastifyApplication): Promise<void>;
}

/** One process at a time is in its first start. */
const turn = 'first start';

/** A Kickstart file may hold thousands of requests; those who wait for it have nothing else to do. */
const patienceMs = 600_000;

/**
 * Makes what every installation has, and what the first start adds, in one transaction: a start that fails or is killed
 * leaves nothing, so that the next one begins anew. Of several processes one does it and the others wait.
 * @throws DomainError unavailable without a database; else what the first start throws
 */
export async function ensureInstallation(
  app: NestFastifyApplication,
  first?: FirstStart,
): Promise<void> {
  if (await isDue(app, first)) await patiently(app, () => startFirst(app, first));
  // What was read in a transaction that came to nothing is forgotten.
  await app.get(KeyService).load();
}

async function isDue(app: NestFastifyApplication, first: FirstStart | undefined): Promise<boolean> {
  if (!(await app.get(TenantService).hasDefault())) return true;
  if (!(await app.get(KeyService).load())) return true;
  return first !== undefined && (await first.isDue(app));
}

function startFirst(app: NestFastifyApplication, first: FirstStart | undefined): Promise<void> {
  return app.get(UnitOfWork).runInTurn(turn, async () => {
    const isFirst = first !== undefined && (await first.isDue(app));
    await app.get(TenantService).ensureDefault(first?.defaultTenantId);
    await app.get(KeyService).ensureFirst();
    if (isFirst) await first.run(app);
  });
}

async function patiently(app: NestFastifyApplication, work: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isHeldByAnother(error) || performance.now() > giveUpAt) throw error;
      const { log } = app.getHttpAdapter().getInstance();
      if (tries === 1) log.info('another process is making the installation: this one waits');
    }
  }
}
