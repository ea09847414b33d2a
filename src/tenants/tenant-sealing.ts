import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import { forgettingOverwritten } from '../persistence/overwritten-rows.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { TenantSecrets } from './tenant-secrets.js';
import { TenantRepository } from './tenant.repository.js';

/**
 * Seals secrets that stand in tenants' settings in plain, as versions before 0007 wrote them. A migration cannot do it,
 * because it has no encryption key. Each tenant is a transaction of its own: a start that is interrupted leaves the rest
 * to the next one, and several processes may do it at once.
 */
@Injectable()
export class TenantSealing {
  private readonly logger = new Logger(TenantSealing.name);

  constructor(
    private readonly tenants: TenantRepository,
    private readonly secrets: TenantSecrets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Called at the start, before the first request and once the encryption key is known to be the database's.
   * @returns how many tenants had something to seal
   */
  async sealAll(): Promise<number> {
    const candidates = await this.tenants.listIdsWithSecretNames();
    if (candidates.length === 0) return 0;
    const tally = await forgettingOverwritten(this.unitOfWork, async (inUnit) => {
      let sealed = 0;
      for (const id of candidates) if (await inUnit(() => this.seal(id))) sealed += 1;
      return sealed;
    });
    if (tally > 0) this.logger.log(`The secrets of ${tally} tenants were sealed.`);
    return tally;
  }

  /** @returns whether there was anything to seal: a member of another block may have the name of a secret */
  private async seal(id: string): Promise<boolean> {
    const before = await this.tenants.findForChange(id);
    if (before === undefined) return false;
    const { settings, sealed } = this.secrets.seal(id, before.settings, {});
    if (isDeepStrictEqual(settings, before.settings)) return false;
    await this.tenants.update({ ...before, settings, sealed: { ...before.sealed, ...sealed } });
    return true;
  }
}
