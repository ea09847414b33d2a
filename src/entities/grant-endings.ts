import { Injectable } from '@nestjs/common';
import type { TenantContext } from '../tenants/tenant-context.js';

/** Grants on one target that end, by the entities that held them. */
export interface GrantEnding {
  readonly targetId: string;
  readonly entityIds: readonly string[];
}

type Listener = (context: TenantContext, ending: GrantEnding) => Promise<void>;

/**
 * Tells rooms above of grants that end, inside the unit of work that ends them: what rests on a grant ends with it or
 * not at all. Events tell of the same after the commit, which is too late for that.
 */
@Injectable()
export class GrantEndings {
  private readonly listeners: Listener[] = [];

  onEnding(listener: Listener): void {
    this.listeners.push(listener);
  }

  async tell(context: TenantContext, ending: GrantEnding): Promise<void> {
    if (ending.entityIds.length === 0) return;
    for (const listener of this.listeners) await listener(context, ending);
  }
}
