import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { Page, PageOf } from '../kernel/page.js';
import { uniqueViolation } from '../persistence/database-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import {
  defaultTokenLifetimeSeconds,
  servedState,
  type Tenant,
  type TenantDraft,
} from './tenant.js';
import { TenantEraser } from './tenant-eraser.js';
import { TenantSecrets, withHiddenSecrets, withSecrets } from './tenant-secrets.js';
import { type TenantField, type TenantOrder, TenantRepository } from './tenant.repository.js';

export type { TenantField, TenantOrder } from './tenant.repository.js';

const system: RequestContext = { actor: { kind: 'system', id: 'start' }, requestId: 'start' };

/** What may be done with tenants. Changes are made under the row's lock and recorded in the same transaction. */
@Injectable()
export class TenantService {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly secrets: TenantSecrets,
    private readonly eraser: TenantEraser,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  /**
   * @param id chosen by the caller; a random one is made without it
   * @returns with the secrets of the draft, as this call makes them
   * @throws DomainError conflict, when the name or the id is taken; invalid, when a reference points at nothing
   */
  async create(context: RequestContext, draft: TenantDraft, id: string = newId()): Promise<Tenant> {
    const now = this.clock.now();
    const { settings, sealed, made } = this.secrets.seal(id, draft.settings, {});
    const tenant: Tenant = {
      ...draft,
      id,
      settings,
      sealed,
      state: 'Active',
      earlierIssuers: [],
      version: 1,
      created: now,
      changed: now,
    };
    await this.unitOfWork.run(async () => {
      await this.tenants.insert(tenant);
      await this.events.record(
        { ...context, tenantId: id },
        {
          type: 'tenant.create',
          objectType: 'tenant',
          objectId: id,
          after: toSnapshot(tenant),
        },
      );
    });
    return withSecrets(tenant, made);
  }

  find(id: string): Promise<Tenant | undefined> {
    return this.tenants.find(id);
  }

  /** @throws DomainError not_found */
  async get(id: string): Promise<Tenant> {
    const tenant = await this.tenants.find(id);
    if (tenant === undefined) throw DomainError.notFound('tenant', id);
    return tenant;
  }

  /** The tenant with its secrets, for whoever may read them; what is read of tenants otherwise has none. */
  withSecrets(tenant: Tenant): Tenant {
    return this.secrets.open(tenant);
  }

  search(
    condition: Condition<TenantField>,
    order: TenantOrder,
    page: Page,
  ): Promise<PageOf<Tenant>> {
    return this.tenants.search(condition, order, page);
  }

  /** The ids of the tenants that are served, the oldest first. */
  listServedIds(limit?: number): Promise<string[]> {
    return this.tenants.listIds(servedState, limit);
  }

  /**
   * Replaces what a caller decides; a change that changes nothing leaves no trace. An issuer that was left is
   * remembered: tokens signed under it stay good.
   * @param toDraft makes the new content from the tenant as it is under the lock, with its secrets
   * @returns with those of its secrets that this call has made
   * @throws DomainError not_found, conflict, invalid
   */
  change(
    context: RequestContext,
    id: string,
    toDraft: (tenant: Tenant) => TenantDraft | Promise<TenantDraft>,
  ): Promise<Tenant> {
    return this.unitOfWork.runInLine(`tenant ${id}`, async () => {
      const before = await this.lock(id);
      const draft = await toDraft(this.secrets.open(before));
      const { settings, sealed, made } = this.secrets.seal(id, draft.settings, before.sealed);
      const wanted: Tenant = { ...before, ...draft, settings, sealed };
      if (isDeepStrictEqual(before, wanted)) return before;
      const after: Tenant = {
        ...wanted,
        earlierIssuers: leftIssuers(before, draft.issuer),
        version: before.version + 1,
        changed: this.clock.now(),
      };
      await this.tenants.update(after);
      await this.events.record(
        { ...context, tenantId: id },
        {
          type: 'tenant.update',
          objectType: 'tenant',
          objectId: id,
          before: toSnapshot(before),
          after: toSnapshot(after),
        },
      );
      return withSecrets(after, made);
    });
  }

  /**
   * Keeps the tenant from other writers until the open unit of work ends.
   * @returns the tenant as it is now, its secrets sealed
   * @throws DomainError not_found; invalid, for a tenant that is being deleted
   */
  async lock(id: string): Promise<Tenant> {
    const tenant = await this.tenants.findForChange(id);
    if (tenant === undefined) throw DomainError.notFound('tenant', id);
    if (tenant.state === 'PendingDelete') throw beingDeleted();
    return tenant;
  }

  /**
   * Deletes the tenant with everything in it: people, groups, entities, grants, tokens. From the first moment on it is
   * served no more; with very many people in it the rest takes a while, which this call waits for.
   * @throws DomainError not_found; invalid, for the default tenant; unavailable, when it could not be brought to its end
   */
  async delete(context: RequestContext, id: string): Promise<void> {
    await this.beginDelete(context, id);
    await this.eraser.erase(id);
  }

  /** The same, but resolves as soon as the tenant is served no more. */
  async deleteWithoutWaiting(context: RequestContext, id: string): Promise<void> {
    await this.beginDelete(context, id);
    this.eraser.eraseUnattended(id);
  }

  /** There is no way back from here, so here it is recorded, by whom it was asked for. */
  private async beginDelete(context: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const before = await this.tenants.findForChange(id);
      if (before === undefined) throw DomainError.notFound('tenant', id);
      if (before.state === 'PendingDelete') return;
      if ((await this.tenants.findDefaultId()) === id) {
        throw DomainError.invalid({
          field: 'id',
          rule: 'inUse',
          message: 'The default tenant can not be deleted.',
        });
      }
      await this.tenants.update({
        ...before,
        state: 'PendingDelete',
        version: before.version + 1,
        changed: this.clock.now(),
      });
      await this.events.record(
        { ...context, tenantId: id },
        {
          type: 'tenant.delete',
          objectType: 'tenant',
          objectId: id,
          before: toSnapshot(before),
        },
      );
    });
  }

  /** The tenant that is always there. */
  async getDefault(): Promise<Tenant> {
    const id = await this.tenants.findDefaultId();
    if (id === undefined) throw new Error('ensureDefault runs before anything else');
    return this.get(id);
  }

  /**
   * Makes the default tenant on the first start. Several processes may try at once: one wins, the others see its.
   * @returns whether this call made it
   */
  async ensureDefault(id: string = newId()): Promise<boolean> {
    if ((await this.tenants.findDefaultId()) !== undefined) return false;
    try {
      await this.unitOfWork.run(async () => {
        await this.create(system, this.newTenantDraft('Default'), id);
        await this.tenants.insertInstallation(id, this.clock.now());
      });
      return true;
    } catch (error) {
      const isLate =
        uniqueViolation(error) !== undefined ||
        (error instanceof DomainError && error.code === 'conflict');
      if (isLate && (await this.tenants.findDefaultId()) !== undefined) return false;
      throw error;
    }
  }

  /** Whether the first start has made the default tenant. */
  async hasDefault(): Promise<boolean> {
    return (await this.tenants.findDefaultId()) !== undefined;
  }

  /** Puts a default tenant of that id in the place of the one that is there, which nobody may have used. */
  async replaceDefault(context: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const before = await this.getDefault();
      await this.tenants.deleteInstallation();
      await this.tenants.delete(before.id);
      await this.events.record(
        { ...context, tenantId: before.id },
        {
          type: 'tenant.delete',
          objectType: 'tenant',
          objectId: before.id,
          before: toSnapshot(before),
        },
      );
      await this.create(context, this.newTenantDraft(before.name), id);
      await this.tenants.insertInstallation(id, this.clock.now());
    });
  }

  /** What a tenant is when nothing but its name is said. */
  newTenantDraft(name: string): TenantDraft {
    return {
      name,
      issuer: this.configuration.publicUrl,
      scim: { isEnabled: false, clientEntityTypeId: undefined, serverEntityTypeId: undefined },
      token: { keyId: undefined, lifetimeSeconds: defaultTokenLifetimeSeconds },
      settings: {},
      data: {},
    };
  }
}

function beingDeleted(): DomainError {
  const message = 'The tenant is being deleted.';
  return DomainError.invalid({ field: 'state', rule: 'immutable', message });
}

function leftIssuers(before: Tenant, issuer: string): readonly string[] {
  if (before.issuer === issuer) return before.earlierIssuers;
  return [...new Set([...before.earlierIssuers, before.issuer])].filter(
    (earlier) => earlier !== issuer,
  );
}

/** JSON leaves out what is undefined, and so does the record of what happened. */
function toSnapshot(tenant: Tenant) {
  return {
    id: tenant.id,
    name: tenant.name,
    issuer: tenant.issuer,
    state: tenant.state,
    scim: {
      isEnabled: tenant.scim.isEnabled,
      clientEntityTypeId: tenant.scim.clientEntityTypeId ?? null,
      serverEntityTypeId: tenant.scim.serverEntityTypeId ?? null,
    },
    token: { keyId: tenant.token.keyId ?? null, lifetimeSeconds: tenant.token.lifetimeSeconds },
    settings: withHiddenSecrets(tenant).settings,
    data: tenant.data,
    version: tenant.version,
  };
}
