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

const first = { offset: 0, limit: 1 };
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
   * @param name of the client entity, by which it is found again
   * @throws DomainError not_found, when there is no such tenant
   */
  ensureScim(request: RequestContext, tenantId: string, name: string): Promise<ScimConnection> {
    return this.unitOfWork.run(async () => {
      const types = await this.ensureTypes(request, tenantId);
      const context = tenantContext(request, tenantId);
      const server = await this.ensureEntity(context, types.server, 'SCIM server');
      const client = await this.ensureEntity(context, types.client, name);
      await this.ensureGrant(context, server.entity, client.entity);
      return { tenantId, server: server.entity, client };
    });
  }

  /**
   * Issues a token for the tenant's SCIM server with everything that the client's grant holds.
   * @param client by its name: made ready first if it is not there; by its id: must be one of the tenant's clients
   * @throws DomainError not_found, for an unknown client; invalid, when the tenant has no SCIM server or no grant on it
   */
  async issueToken(
    request: RequestContext,
    tenantId: string,
    options: { readonly client: { readonly name: string } | { readonly id: string }; readonly lifetimeSeconds: number },
  ): Promise<IssuedToken> {
    const context = tenantContext(request, tenantId);
    const { client, server } =
      'id' in options.client
        ? { client: await this.entities.get(context, options.client.id), server: await this.getServer(context) }
        : await this.ensureScim(request, tenantId, options.client.name).then((made) => ({ ...made, client: made.client.entity }));
    if ((await this.grants.findPermissions(context, server.id, client.id)) === undefined) {
      const message = `The entity [${client.id}] has no grant on the SCIM server [${server.id}].`;
      throw DomainError.invalid({ field: 'client', rule: 'invalid', message });
    }
    return this.tokens.issue(context, client, `target-entity:${server.id}`, { lifetimeSeconds: options.lifetimeSeconds });
  }

  private async getServer(context: TenantContext): Promise<Entity> {
    const { serverEntityTypeId } = (await this.tenants.get(context.tenantId)).scim;
    const condition = { kind: 'compare', field: 'typeId', operator: 'eq', value: serverEntityTypeId ?? '' } as const;
    const { items } = await this.entities.search(context, condition, oldestFirst, first);
    const [server] = items;
    if (server !== undefined) return server;
    throw DomainError.invalid({ field: 'tenant', rule: 'invalid', message: 'The tenant has no SCIM server entity.' });
  }

  /** Under the tenant's lock, so that two callers do not make two of everything. */
  private async ensureTypes(request: RequestContext, tenantId: string): Promise<{ server: EntityType; client: EntityType }> {
    const tenant = await this.tenants.change(request, tenantId, async (before) => {
      const server = await this.ensureServerType(request, before);
      const client = await this.ensureClientType(request, before);
      return { ...before, scim: { ...before.scim, isEnabled: true, serverEntityTypeId: server.id, clientEntityTypeId: client.id } };
    });
    const { serverEntityTypeId = '', clientEntityTypeId = '' } = tenant.scim;
    return { server: await this.types.get(serverEntityTypeId), client: await this.types.get(clientEntityTypeId) };
  }

  private async ensureServerType(request: RequestContext, tenant: Tenant): Promise<EntityType> {
    const existing = await this.findType(tenant.scim.serverEntityTypeId, serverTypeName);
    if (existing !== undefined) return existing;
    const token = { isEnabled: false, lifetimeSeconds: undefined, keyId: undefined, verificationKeyIds: [] };
    const permissions = scimPermissions.map((name) => ({ name, description: undefined, isDefault: false, data: {} }));
    return this.types.create(request, { name: serverTypeName, token, data: {} }, permissions);
  }

  private async ensureClientType(request: RequestContext, tenant: Tenant): Promise<EntityType> {
    const existing = await this.findType(tenant.scim.clientEntityTypeId, clientTypeName);
    if (existing !== undefined) return existing;
    const { keyId } = await this.keys.getSigner(tenant.token.keyId);
    const token = { isEnabled: true, lifetimeSeconds: scimTokenLifetimeSeconds, keyId, verificationKeyIds: [] };
    return this.types.create(request, { name: clientTypeName, token, data: {} });
  }

  private async findType(id: string | undefined, name: string): Promise<EntityType | undefined> {
    if (id !== undefined) return this.types.find(id);
    const condition = { kind: 'compare', field: 'name', operator: 'eq', value: foldCase(name) } as const;
    const { items } = await this.types.search(condition, [], first);
    return items[0];
  }

  private async ensureEntity(context: TenantContext, type: EntityType, name: string): Promise<EntityWithSecret> {
    const condition: Condition<EntityField> = {
      kind: 'and',
      conditions: [
        { kind: 'compare', field: 'typeId', operator: 'eq', value: type.id },
        { kind: 'compare', field: 'name', operator: 'eq', value: foldCase(name) },
      ],
    };
    const { items } = await this.entities.search(context, condition, oldestFirst, first);
    const [existing] = await this.entities.withSecrets(items);
    return existing ?? this.entities.create(context, { name, typeId: type.id, parentId: undefined, data: {} });
  }

  private async ensureGrant(context: TenantContext, server: Entity, client: Entity): Promise<void> {
    if ((await this.grants.findPermissions(context, server.id, client.id)) !== undefined) return;
    const known = server.type.permissions.map(({ name }) => name);
    const permissions = scimPermissions.filter((name) => known.includes(name));
    await this.grants.save(context, server.id, { recipient: { entityId: client.id }, permissions, data: {} });
  }
}
