import { Injectable } from '@nestjs/common';
import type { Entity, EntityWithSecret } from '../entities/entity.js';
import { type EntityField, type EntityOrder, EntityService } from '../entities/entity.service.js';
import type { EntityType } from '../entities/entity-type.js';
import { EntityTypeService } from '../entities/entity-type.service.js';
import { GrantService } from '../entities/grant.service.js';
import type { RequestContext } from '../kernel/actor.js';
import type { Condition } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import { foldCase } from '../kernel/text.js';
import { KeyService } from '../keys/key.service.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Tenant } from '../tenants/tenant.js';
import { type TenantContext, tenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import type { IssuedToken } from '../tokens/token.js';
import { TokenService } from '../tokens/token.service.js';
import { scimPermissions } from './scim-permissions.js';

/** A token is pasted into another product and replaced once a year. */
const scimTokenLifetimeSeconds = 365 * 24 * 60 * 60;

/** Everything that one SCIM client needs to provision into one tenant. */
export interface ScimConnection {
  readonly tenantId: string;
  readonly server: Entity;
  readonly client: EntityWithSecret;
}

/** The names of the types that are made where a tenant names none. */
const serverTypeName = 'SCIM server';
const clientTypeName = 'SCIM client';

/** By this name a tenant's server entity is found again. */
const serverName = 'SCIM server';

const first = { offset: 0, limit: 1 };

/** A SCIM client holds one grant, or a few. */
const many = { offset: 0, limit: 100 };

const oldestFirst: EntityOrder = [{ field: 'insertInstant', isDescending: false }];

/**
 * Makes a tenant ready for a SCIM client: two entity types, two entities, a grant and the tenant's setting,
 * in one transaction. What is there already is used as it is.
 */
@Injectable()
export class ConnectionService {
  constructor(
    private readonly tenants: TenantService,
    private readonly types: EntityTypeService,
    private readonly entities: EntityService,
    private readonly grants: GrantService,
    private readonly keys: KeyService,
    private readonly tokens: TokenService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * What somebody has switched off or taken away since stays so: a grant is made with its client, and again by
   * `ensureGrant` alone.
   * @param name of the client entity, by which it is found again
   * @throws DomainError not_found, when there is no such tenant
   */
  ensureScim(request: RequestContext, tenantId: string, name: string): Promise<ScimConnection> {
    return this.unitOfWork.run(async () => {
      const types = await this.ensureTypes(request, tenantId);
      const context = tenantContext(request, tenantId);
      const server =
        (await this.findEntity(context, types.server, serverName)) ??
        (await this.createEntity(context, types.server, serverName));
      const existing = await this.findEntity(context, types.client, name);
      if (existing !== undefined) return { tenantId, server: server.entity, client: existing };
      const client = await this.createEntity(context, types.client, name);
      await this.grantEverything(context, server.entity, client.entity);
      return { tenantId, server: server.entity, client };
    });
  }

  /**
   * Grants the client everything on the server, unless it has a grant there, be it a smaller one.
   * @returns whether there was none: every token of the client's for this server has ended with the old grant
   * @throws DomainError not_found, when an entity has just been deleted
   */
  ensureGrant(request: RequestContext, connection: ScimConnection): Promise<boolean> {
    const { server, client } = connection;
    const context = tenantContext(request, connection.tenantId);
    return this.unitOfWork.run(async () => {
      if (await this.grants.findHeld(context, server.id, client.entity.id)) return false;
      await this.grantEverything(context, server, client.entity);
      return true;
    });
  }

  /**
   * Issues a token for the SCIM server that the client's grant is on, with everything that the grant holds.
   * @param client one of the tenant's SCIM clients, by its id or its name
   * @throws DomainError not_found, for an unknown client; invalid, for one that may not use SCIM
   */
  async issueToken(
    request: RequestContext,
    tenantId: string,
    options: {
      readonly client: { readonly name: string } | { readonly id: string };
      readonly lifetimeSeconds: number;
    },
  ): Promise<IssuedToken> {
    const context = tenantContext(request, tenantId);
    const { scim } = await this.tenants.get(tenantId);
    const client = await this.getClient(context, scim.clientEntityTypeId, options.client);
    const held = await this.grants.search(
      context,
      { kind: 'compare', field: 'recipientEntityId', operator: 'eq', value: client.id },
      [],
      many,
    );
    const grant = held.items.find(({ target }) => target.type.id === scim.serverEntityTypeId);
    if (!scim.isEnabled || grant === undefined) {
      const message = `SCIM is off for the tenant, or the client [${client.id}] has no grant on its SCIM server.`;
      throw DomainError.invalid({ field: 'client', rule: 'invalid', message });
    }
    return this.tokens.issue(context, client, `target-entity:${grant.target.id}`, {
      lifetimeSeconds: options.lifetimeSeconds,
    });
  }

  private async getClient(
    context: TenantContext,
    typeId: string | undefined,
    which: { name: string } | { id: string },
  ): Promise<Entity> {
    const type = typeId === undefined ? undefined : await this.types.find(typeId);
    const client =
      'id' in which
        ? await this.entities.find(context, which.id)
        : type && (await this.findEntity(context, type, which.name))?.entity;
    if (client === undefined)
      throw DomainError.notFound('SCIM client', 'id' in which ? which.id : which.name);
    if (client.type.id === type?.id) return client;
    const message = `The entity [${client.id}] is not of the tenant's SCIM client type.`;
    throw DomainError.invalid({ field: 'client', rule: 'invalid', message });
  }

  /** Under the tenant's lock, so that two callers do not make two of everything. */
  private async ensureTypes(
    request: RequestContext,
    tenantId: string,
  ): Promise<{ server: EntityType; client: EntityType }> {
    const tenant = await this.tenants.change(request, tenantId, async (before) => {
      const server = await this.ensureServerType(request, before);
      const client = await this.ensureClientType(request, before);
      return {
        ...before,
        scim: {
          isEnabled: isSetUp(before) ? before.scim.isEnabled : true,
          serverEntityTypeId: server.id,
          clientEntityTypeId: client.id,
        },
      };
    });
    const { serverEntityTypeId = '', clientEntityTypeId = '' } = tenant.scim;
    return {
      server: await this.types.get(serverEntityTypeId),
      client: await this.types.get(clientEntityTypeId),
    };
  }

  private async ensureServerType(request: RequestContext, tenant: Tenant): Promise<EntityType> {
    const existing = await this.findType(tenant.scim.serverEntityTypeId, serverTypeName);
    if (existing !== undefined) return existing;
    const token = {
      isEnabled: false,
      lifetimeSeconds: undefined,
      keyId: undefined,
      verificationKeyIds: [],
    };
    const permissions = scimPermissions.map((name) => ({
      name,
      description: undefined,
      isDefault: false,
      data: {},
    }));
    return this.types.create(request, { name: serverTypeName, token, data: {} }, permissions);
  }

  private async ensureClientType(request: RequestContext, tenant: Tenant): Promise<EntityType> {
    const existing = await this.findType(tenant.scim.clientEntityTypeId, clientTypeName);
    if (existing !== undefined) return existing;
    const { keyId } = await this.keys.getSigner(tenant.token.keyId);
    const token = {
      isEnabled: true,
      lifetimeSeconds: scimTokenLifetimeSeconds,
      keyId,
      verificationKeyIds: [],
    };
    return this.types.create(request, { name: clientTypeName, token, data: {} });
  }

  private async findType(id: string | undefined, name: string): Promise<EntityType | undefined> {
    if (id !== undefined) return this.types.find(id);
    const condition = {
      kind: 'compare',
      field: 'name',
      operator: 'eq',
      value: foldCase(name),
    } as const;
    const { items } = await this.types.search(condition, [], first);
    return items[0];
  }

  private async findEntity(
    context: TenantContext,
    type: EntityType,
    name: string,
  ): Promise<EntityWithSecret | undefined> {
    const condition: Condition<EntityField> = {
      kind: 'and',
      conditions: [
        { kind: 'compare', field: 'typeId', operator: 'eq', value: type.id },
        { kind: 'compare', field: 'name', operator: 'eq', value: foldCase(name) },
      ],
    };
    const { items } = await this.entities.search(context, condition, oldestFirst, first);
    const [existing] = await this.entities.withSecrets(items);
    return existing;
  }

  private createEntity(
    context: TenantContext,
    type: EntityType,
    name: string,
  ): Promise<EntityWithSecret> {
    return this.entities.create(context, { name, typeId: type.id, parentId: undefined, data: {} });
  }

  private async grantEverything(
    context: TenantContext,
    server: Entity,
    client: Entity,
  ): Promise<void> {
    const known = server.type.permissions.map(({ name }) => name);
    const permissions = scimPermissions.filter((name) => known.includes(name));
    if (permissions.length === 0) {
      const message = `The entity type [${server.type.name}] has none of the permissions of a SCIM server.`;
      throw DomainError.invalid({
        field: 'scimServerConfiguration.serverEntityTypeId',
        rule: 'invalid',
        message,
      });
    }
    await this.grants.save(context, server.id, {
      recipient: { entityId: client.id },
      permissions,
      data: {},
    });
  }
}

/** Whether somebody has decided already which entities may use SCIM here. */
function isSetUp({ scim }: Tenant): boolean {
  return scim.serverEntityTypeId !== undefined && scim.clientEntityTypeId !== undefined;
}
