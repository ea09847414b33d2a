import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Condition } from '../kernel/condition.js';
import { toJsonObject } from '../kernel/json.js';
import { secretNames } from '../kernel/secret-fields.js';
import { foldCase } from '../kernel/text.js';
import type { Page, PageOf } from '../kernel/page.js';
import { conditionSql, type FieldTable } from '../persistence/condition-sql.js';
import { translateUnique } from '../persistence/database-error.js';
import { inOrderOf, pageOfIds } from '../persistence/page-query.js';
import { lockRows } from '../persistence/row-lock.js';
import { joinSql, sql } from '../persistence/sql.js';
import { translateReferences, type Reference } from '../persistence/references.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { InstallationRow } from './installation.row.js';
import type { Tenant, TenantState } from './tenant.js';
import { TenantRow } from './tenant.row.js';

export type TenantField = 'id' | 'name' | 'insertInstant';
export type TenantOrder = readonly {
  readonly field: TenantField;
  readonly isDescending: boolean;
}[];

/** More ids than this are not listed at once: a statement takes them all as parameters. */
const idsMax = 10_000;

const columns = {
  id: sql`tenants.id`,
  name: sql`tenants.name_key`,
  insertInstant: sql`tenants.created`,
};

const fields: FieldTable = {
  id: { kind: 'column', expression: columns.id, type: 'text', notNull: true },
  name: { kind: 'column', expression: columns.name, type: 'text', notNull: true },
  insertInstant: {
    kind: 'column',
    expression: columns.insertInstant,
    type: 'number',
    notNull: true,
  },
};

/** Tenants are global: their rows are found without a tenant context. */
@Injectable()
export class TenantRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(tenant: Tenant): Promise<void> {
    await this.write(tenant, () => this.unitOfWork.manager.insert(TenantRow, toRow(tenant)));
  }

  async update(tenant: Tenant): Promise<void> {
    await this.write(tenant, () =>
      this.unitOfWork.manager.update(TenantRow, { id: tenant.id }, toRow(tenant)),
    );
  }

  /** Whether there was such a tenant. What is still in it goes with it. */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.unitOfWork.execute(sql`delete from tenants where id = ${id}`);
    return deleted > 0;
  }

  async find(id: string): Promise<Tenant | undefined> {
    const row = await this.unitOfWork.manager.findOneBy(TenantRow, { id });
    return row === null ? undefined : toTenant(row);
  }

  /** The tenant as it is now, kept from other writers until the transaction ends. */
  async findForChange(id: string): Promise<Tenant | undefined> {
    await lockRows(this.unitOfWork, sql`select 1 from tenants where id = ${id}`);
    return this.find(id);
  }

  async search(
    condition: Condition<TenantField>,
    order: TenantOrder,
    page: Page,
  ): Promise<PageOf<Tenant>> {
    const steps = order.map((step) => ({
      expression: columns[step.field],
      isDescending: step.isDescending,
    }));
    const where = conditionSql(condition, fields, this.unitOfWork.dialect);
    const query = { id: columns.id, from: sql`tenants`, where, order: steps, isScan: false };
    const ids = await pageOfIds(this.unitOfWork, query, page);
    const rows = await this.unitOfWork.manager.findBy(TenantRow, { id: In([...ids.items]) });
    return { items: inOrderOf(ids.items, rows).map(toTenant), total: ids.total };
  }

  /** The ids of tenants in that state, the oldest first. */
  async listIds(state: TenantState, limit = idsMax): Promise<string[]> {
    const rows = await this.unitOfWork.query<{ id: string }>(
      sql`select id from tenants where state = ${state} order by created, id limit ${limit}`,
    );
    return rows.map(({ id }) => id);
  }

  /** The ids of tenants whose settings have a member that is called as a secret is, in whatever block. */
  async listIdsWithSecretNames(): Promise<string[]> {
    const mentions = secretNames('tenant').map((name) => sql`settings like ${`%"${name}":%`}`);
    const rows = await this.unitOfWork.query<{ id: string }>(
      sql`select id from tenants where ${joinSql(mentions, ' or ')} order by created, id`,
    );
    return rows.map(({ id }) => id);
  }

  async findDefaultId(): Promise<string | undefined> {
    const row = await this.unitOfWork.manager.findOneBy(InstallationRow, { id: 1 });
    return row?.defaultTenantId;
  }

  /** Fails with a unique violation when another process has been first. */
  async insertInstallation(defaultTenantId: string, created: number): Promise<void> {
    await this.unitOfWork.manager.insert(InstallationRow, { id: 1, defaultTenantId, created });
  }

  async deleteInstallation(): Promise<void> {
    await this.unitOfWork.execute(sql`delete from installation where id = 1`);
  }

  private async write(tenant: Tenant, statement: () => Promise<unknown>): Promise<void> {
    try {
      await translateReferences(this.unitOfWork, referencesOf(tenant), statement);
    } catch (error) {
      translateUnique(error, [
        {
          constraint: 'tenants_name',
          columns: 'tenants.name_key',
          problem: () => duplicateName(tenant),
        },
        { constraint: 'tenants_pkey', columns: 'tenants.id', problem: () => duplicateId(tenant) },
      ]);
    }
  }
}

function duplicateName(tenant: Tenant) {
  return {
    field: 'name',
    rule: 'duplicate',
    message: `A tenant with name = [${tenant.name}] already exists.`,
  } as const;
}

function duplicateId(tenant: Tenant) {
  return {
    field: 'id',
    rule: 'duplicate',
    message: `A tenant with id = [${tenant.id}] already exists.`,
  } as const;
}

function referencesOf(tenant: Tenant): Reference[] {
  const toReference = (
    constraint: string,
    table: Reference['table'],
    id: string | undefined,
    field: string,
  ): Reference => ({
    constraint,
    table,
    id,
    problem: { field, rule: 'invalid', message: `[${id}] names nothing that exists.` },
  });
  return [
    toReference(
      'tenants_client_type',
      'entity_types',
      tenant.scim.clientEntityTypeId,
      'scimServerConfiguration.clientEntityTypeId',
    ),
    toReference(
      'tenants_server_type',
      'entity_types',
      tenant.scim.serverEntityTypeId,
      'scimServerConfiguration.serverEntityTypeId',
    ),
    toReference(
      'tenants_token_key',
      'keys',
      tenant.token.keyId,
      'jwtConfiguration.accessTokenKeyId',
    ),
  ];
}

function toRow(tenant: Tenant): TenantRow {
  return {
    id: tenant.id,
    name: tenant.name,
    nameKey: foldCase(tenant.name),
    issuer: tenant.issuer,
    earlierIssuers: tenant.earlierIssuers,
    state: tenant.state,
    scimEnabled: tenant.scim.isEnabled,
    clientTypeId: tenant.scim.clientEntityTypeId ?? null,
    serverTypeId: tenant.scim.serverEntityTypeId ?? null,
    tokenKeyId: tenant.token.keyId ?? null,
    tokenLifetimeSeconds: tenant.token.lifetimeSeconds,
    settings: tenant.settings,
    secrets: tenant.sealed,
    data: tenant.data,
    version: tenant.version,
    created: tenant.created,
    changed: tenant.changed,
  };
}

function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    earlierIssuers: row.earlierIssuers,
    state: row.state,
    scim: {
      isEnabled: row.scimEnabled,
      clientEntityTypeId: row.clientTypeId ?? undefined,
      serverEntityTypeId: row.serverTypeId ?? undefined,
    },
    token: { keyId: row.tokenKeyId ?? undefined, lifetimeSeconds: row.tokenLifetimeSeconds },
    settings: toJsonObject(row.settings),
    sealed: row.secrets,
    data: toJsonObject(row.data),
    version: row.version,
    created: row.created,
    changed: row.changed,
  };
}
