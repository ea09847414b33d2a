import { Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import { toGrantJson } from '../contract/grant.js';
import type { Query as QueryParameters } from '../contract/request/query.js';
import { GrantCriteria, toGrantSearch } from '../contract/search/grant-search.js';
import { parseSearchBody, parseSearchQuery } from '../contract/search/parse-search.js';
import { JsonBody } from '../edge/request-body.js';
import { GrantService } from '../entities/grant.service.js';
import type { JsonObject } from '../kernel/json.js';

/** contract/README.md §6.1: grants by who holds them, of the tenant that is named or of all. */
@Controller('/api/entity/grant/search')
@Requires('/api/entity/grant/search')
export class GrantSearchController {
  constructor(
    private readonly grants: GrantService,
    private readonly resolver: TenantResolver,
  ) {}

  @Get()
  searchByQuery(
    @Caller() caller: AdminCaller,
    @Query() query: QueryParameters,
  ): Promise<JsonObject> {
    return this.search(caller, parseSearchQuery(GrantCriteria, query));
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  searchByBody(@Caller() caller: AdminCaller, @JsonBody() body: unknown): Promise<JsonObject> {
    return this.search(caller, parseSearchBody(GrantCriteria, body));
  }

  private async search(caller: AdminCaller, criteria: GrantCriteria): Promise<JsonObject> {
    const { condition, order, page } = toGrantSearch(criteria);
    const { items, total } = await this.grants.search(
      await this.resolver.resolveAll(caller),
      condition,
      order,
      page,
    );
    return { grants: items.map(toGrantJson), total };
  }
}
