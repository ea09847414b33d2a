import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import type { EntityGrant } from '../entities/grant.js';
import { GrantService } from '../entities/grant.service.js';
import type { JsonObject } from '../kernel/json.js';
import type { Page } from '../kernel/page.js';
import type { Tenant } from '../tenants/tenant.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { lastTokensMax, type TokenRecord } from '../tokens/token.js';
import { TokenService } from '../tokens/token.service.js';

/** A tenant has a server and a handful of clients; beyond that the entity search serves better. */
const shownEntities: Page = { offset: 0, limit: 100 };
const shownGrants: Page = { offset: 0, limit: 1_000 };

/** Gathers what a person must know to connect an identity provider to a tenant. Never a secret, never a token. */
@Injectable()
export class ScimOverview {
  constructor(
    private readonly entities: EntityService,
    private readonly grants: GrantService,
    private readonly tokens: TokenService,
    private readonly configuration: Configuration,
  ) {}

  /** Where SCIM is, whether it is on, who serves and who may call, and when the last tokens end. */
  async of(context: TenantContext, tenant: Tenant): Promise<JsonObject> {
    const servers = await this.entitiesOfType(context, tenant.scim.serverEntityTypeId);
    const clients = await this.entitiesOfType(context, tenant.scim.clientEntityTypeId);
    const grants = await this.grantsOf(context, clients, servers);
    const told: JsonObject[] = [];
    for (const client of clients) {
      const tokens = await this.tokens.listOfClient(context, client.id, lastTokensMax);
      const held = grants.filter(
        ({ recipient }) => 'entityId' in recipient && recipient.entityId === client.id,
      );
      told.push({
        ...toEntitySummary(client),
        grants: held.map(toGrantSummary),
        tokens: tokens.map(toTokenSummary),
      });
    }
    return {
      baseUrl: `${this.configuration.publicUrl}/api/scim/resource/v2`,
      clients: told,
      enabled: tenant.scim.isEnabled,
      servers: servers.map(toEntitySummary),
      tenantId: tenant.id,
    };
  }

  private async entitiesOfType(
    context: TenantContext,
    typeId: string | undefined,
  ): Promise<readonly Entity[]> {
    if (typeId === undefined) return [];
    const isOfType = { kind: 'compare', field: 'typeId', operator: 'eq', value: typeId } as const;
    const { items } = await this.entities.search(
      context,
      isOfType,
      [{ field: 'name', isDescending: false }],
      shownEntities,
    );
    return items;
  }

  private async grantsOf(
    context: TenantContext,
    clients: readonly Entity[],
    servers: readonly Entity[],
  ): Promise<readonly EntityGrant[]> {
    if (clients.length === 0 || servers.length === 0) return [];
    const anyOf = (field: 'recipientEntityId' | 'targetId', entities: readonly Entity[]) =>
      ({
        kind: 'or',
        conditions: entities.map(
          ({ id }) => ({ kind: 'compare', field, operator: 'eq', value: id }) as const,
        ),
      }) as const;
    const isBetween = {
      kind: 'and',
      conditions: [anyOf('recipientEntityId', clients), anyOf('targetId', servers)],
    } as const;
    const { items } = await this.grants.search(
      context,
      isBetween,
      [{ field: 'name', isDescending: false }],
      shownGrants,
    );
    return items;
  }
}

function toEntitySummary({ id, name, clientId }: Entity): JsonObject {
  return { clientId, id, name };
}

function toGrantSummary({ target, permissions }: EntityGrant): JsonObject {
  return { permissions, serverEntityId: target.id };
}

function toTokenSummary({ jti, issued, ends, label, revokedAt }: TokenRecord): JsonObject {
  return {
    ends,
    id: jti,
    issued,
    ...(label === undefined ? {} : { label }),
    revoked: revokedAt !== undefined,
  };
}
