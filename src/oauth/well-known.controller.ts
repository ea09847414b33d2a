import { Controller, Get, NotFoundException, Param, Query, UseFilters } from '@nestjs/common';
import { anyone, Requires } from '../auth/requires.js';
import { Configuration } from '../config/configuration.js';
import { EntityTypeService } from '../entities/entity-type.service.js';
import { Clock } from '../kernel/clock.js';
import { everything } from '../kernel/condition.js';
import { canonicalId, isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { isAbsent } from '../kernel/text.js';
import { KeyService } from '../keys/key.service.js';
import type { PublicJwk } from '../keys/signing-key.js';
import { LastKnown } from '../persistence/last-known.js';
import { LastKnownTenants } from '../tenants/last-known-tenants.js';
import { isServed, type Tenant } from '../tenants/tenant.js';
import { toDiscoveryDocument } from './discovery-document.js';
import { OAuthErrorFilter } from './oauth-error.filter.js';

/** Of more entity types than this, a tenant's key set leaves out keys; the installation's has all. */
const entityTypesMax = 1_000;

/** Discovery and key sets (contract/oauth.md §7), open to everybody. They go on while the database is away. */
@Controller()
@Requires(anyone)
@UseFilters(OAuthErrorFilter)
export class WellKnownController {
  private readonly keyIdsOfTypes: LastKnown<readonly string[]>;

  constructor(
    private readonly tenants: LastKnownTenants,
    private readonly types: EntityTypeService,
    private readonly keys: KeyService,
    private readonly configuration: Configuration,
    clock: Clock,
  ) {
    this.keyIdsOfTypes = new LastKnown(clock, 1);
  }

  @Get(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
  async discover(@Query('tenantId') tenantId: unknown): Promise<JsonObject> {
    const isNamed = tenantId !== undefined && !(typeof tenantId === 'string' && isAbsent(tenantId));
    return this.documentOf(isNamed ? await this.tenantOf(tenantId) : await this.defaultTenant());
  }

  @Get([
    '/:tenantId/.well-known/openid-configuration',
    '/:tenantId/.well-known/oauth-authorization-server',
  ])
  async discoverTenant(@Param('tenantId') tenantId: string): Promise<JsonObject> {
    return this.documentOf(await this.tenantOf(tenantId));
  }

  /**
   * The metadata by its issuer's path, which stands behind the well-known name (RFC 8414 §3.1); for OpenID Connect too,
   * where clients try it (RFC 8414 §5). The path is that of the public URL and a tenant's id.
   */
  @Get(['/.well-known/openid-configuration/*', '/.well-known/oauth-authorization-server/*'])
  async discoverIssuer(@Param('*') path: string): Promise<JsonObject> {
    const base = new URL(this.configuration.publicUrl).pathname.replace(/^\/$/, '');
    const issuerPath = `/${path.replace(/\/$/, '')}`;
    if (issuerPath === base) return this.documentOf(await this.defaultTenant());
    if (!issuerPath.startsWith(`${base}/`)) throw new NotFoundException();
    return this.documentOf(await this.tenantOf(issuerPath.slice(base.length + 1)));
  }

  @Get('/.well-known/jwks.json')
  async listKeys(): Promise<{ keys: readonly PublicJwk[] }> {
    return { keys: await this.keys.listPublic() };
  }

  /** What may have signed a token of the tenant: its own key, those of the entity types, and the default one. */
  @Get('/:tenantId/.well-known/jwks.json')
  async listTenantKeys(
    @Param('tenantId') tenantId: string,
  ): Promise<{ keys: readonly PublicJwk[] }> {
    const tenant = await this.tenantOf(tenantId);
    const ofTypes = await this.keyIdsOfTypes.get('all', () => this.readKeyIdsOfTypes());
    const ids = [tenant.token.keyId, ...(ofTypes ?? [])];
    return { keys: await this.keys.listPublic(new Set(ids.filter((id) => id !== undefined))) };
  }

  private async readKeyIdsOfTypes(): Promise<string[]> {
    const types = await this.types.search(everything, [{ field: 'id', isDescending: false }], {
      offset: 0,
      limit: entityTypesMax,
    });
    return types.items.flatMap(({ token }) => token.keyId ?? []);
  }

  private async documentOf(tenant: Tenant): Promise<JsonObject> {
    const algorithms = new Set((await this.keys.listPublic()).map(({ alg }) => alg));
    return toDiscoveryDocument(tenant.issuer, this.configuration.publicUrl, [...algorithms]);
  }

  private async defaultTenant(): Promise<Tenant> {
    const tenant = await this.tenants.findDefault();
    if (tenant === undefined) throw new NotFoundException();
    return tenant;
  }

  private async tenantOf(id: unknown): Promise<Tenant> {
    const tenant =
      typeof id === 'string' && isUuid(id) ? await this.tenants.find(canonicalId(id)) : undefined;
    if (tenant === undefined || !isServed(tenant)) throw new NotFoundException();
    return tenant;
  }
}
