import { Controller, Get, HttpCode, HttpStatus, Post, Put, Query } from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import { toEntityJson, toEntityWithSecretJson } from '../contract/entity.js';
import type { Query as QueryParameters } from '../contract/request/query.js';
import { EntityCriteria, toEntitySearch } from '../contract/search/entity-search.js';
import { parseSearchBody, parseSearchQuery } from '../contract/search/parse-search.js';
import { JsonBody } from '../edge/request-body.js';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import type { JsonObject } from '../kernel/json.js';
import type { PageOf } from '../kernel/page.js';

/** contract/README.md §6.2. A key of all tenants that names none searches them all. */
@Controller('/api/entity/search')
@Requires('/api/entity/search')
export class EntitySearchController {
  constructor(
    private readonly entities: EntityService,
    private readonly resolver: TenantResolver,
  ) {}

  @Get()
  searchByQuery(
    @Caller() caller: AdminCaller,
    @Query() query: QueryParameters,
  ): Promise<JsonObject> {
    return this.search(caller, parseSearchQuery(EntityCriteria, query));
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  searchByBody(@Caller() caller: AdminCaller, @JsonBody() body: unknown): Promise<JsonObject> {
    return this.search(caller, parseSearchBody(EntityCriteria, body));
  }

  /** Brings the search up to date, which it always is: it asks the tables themselves. */
  @Put()
  flush(): void {
    // That the caller may ask is all there is to say.
  }

  private async search(caller: AdminCaller, criteria: EntityCriteria): Promise<JsonObject> {
    const { items, total } = await this.find(caller, criteria);
    if (!caller.mayReadSecrets) return { entities: items.map(toEntityJson), total };
    const shown = await this.entities.withSecrets(items);
    return { entities: shown.map(toEntityWithSecretJson), total };
  }

  /** Those asked for by id come all at once and in the order of the ids. */
  private async find(caller: AdminCaller, criteria: EntityCriteria): Promise<PageOf<Entity>> {
    const context = await this.resolver.resolveAll(caller);
    if (criteria.ids && criteria.ids.length > 0) {
      const items = await this.entities.findAll(context, [...new Set(criteria.ids)]);
      return { items, total: items.length };
    }
    const { condition, order, page } = toEntitySearch(criteria);
    return this.entities.search(context, condition, order, page);
  }
}
