import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import {
  toEntityTypeDocument,
  toEntityTypeDraft,
  toEntityTypeJson,
  toPermissionDrafts,
} from '../contract/entity-type.js';
import { EntityTypeRequest } from '../contract/entity-type.request.js';
import { parseRequest } from '../contract/request/parse-request.js';
import type { Query as QueryParameters } from '../contract/request/query.js';
import { patch, replacement, type Revision } from '../contract/request/revision.js';
import { EntityTypeCriteria, toEntityTypeSearch } from '../contract/search/entity-type-search.js';
import { parseSearchBody, parseSearchQuery } from '../contract/search/parse-search.js';
import { JsonBody } from '../edge/request-body.js';
import { EntityTypeService } from '../entities/entity-type.service.js';
import { everything } from '../kernel/condition.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { FieldPrefix } from './field-prefix.interceptor.js';
import { IdPipe } from './id.pipe.js';
import { wholeList } from './lists.js';

/** contract/entities.md §1. Types belong to all tenants, so a key of one tenant has no say. */
@Controller('/api/entity/type')
@Requires('/api/entity/type', { isGlobal: true })
@UseInterceptors(new FieldPrefix('entityType'))
export class EntityTypesController {
  constructor(private readonly types: EntityTypeService) {}

  @Post(['', ':entityTypeId'])
  @HttpCode(HttpStatus.OK)
  async create(
    @Caller() { request }: AdminCaller,
    @Param('entityTypeId', IdPipe) id: string | undefined,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    const { entityType } = parseRequest(EntityTypeRequest, body);
    const type = await this.types.create(
      request,
      toEntityTypeDraft(entityType),
      toPermissionDrafts(entityType),
      id,
    );
    return { entityType: toEntityTypeJson(type) };
  }

  @Get()
  async list(): Promise<JsonObject> {
    const { items } = await this.types.search(
      everything,
      [{ field: 'name', isDescending: false }],
      wholeList,
    );
    return { entityTypes: items.map(toEntityTypeJson) };
  }

  @Get('search')
  @Requires('/api/entity/type/search', { isGlobal: true })
  searchByQuery(@Query() query: QueryParameters): Promise<JsonObject> {
    return this.search(parseSearchQuery(EntityTypeCriteria, query));
  }

  @Post('search')
  @HttpCode(HttpStatus.OK)
  @Requires('/api/entity/type/search', { isGlobal: true })
  searchByBody(@JsonBody() body: unknown): Promise<JsonObject> {
    return this.search(parseSearchBody(EntityTypeCriteria, body));
  }

  @Get(':entityTypeId')
  async get(@Param('entityTypeId', IdPipe) id: string): Promise<JsonObject> {
    return { entityType: toEntityTypeJson(await this.types.get(id)) };
  }

  @Put(':entityTypeId')
  replace(
    @Caller() caller: AdminCaller,
    @Param('entityTypeId', IdPipe) id: string,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    return this.change(caller, id, replacement(EntityTypeRequest, body));
  }

  @Patch(':entityTypeId')
  patch(
    @Caller() caller: AdminCaller,
    @Param('entityTypeId', IdPipe) id: string,
    @Headers('content-type') mediaType: string | undefined,
    @JsonBody() body: Json | undefined,
  ): Promise<JsonObject> {
    return this.change(caller, id, patch(EntityTypeRequest, mediaType, body));
  }

  @Delete(':entityTypeId')
  delete(
    @Caller() { request }: AdminCaller,
    @Param('entityTypeId', IdPipe) id: string,
  ): Promise<void> {
    return this.types.delete(request, id);
  }

  private async change(
    { request }: AdminCaller,
    id: string,
    revise: Revision<EntityTypeRequest>,
  ): Promise<JsonObject> {
    const type = await this.types.change(request, id, (before) =>
      toEntityTypeDraft(revise(() => toEntityTypeDocument(before)).entityType),
    );
    return { entityType: toEntityTypeJson(type) };
  }

  private async search(criteria: EntityTypeCriteria): Promise<JsonObject> {
    const { condition, order, page } = toEntityTypeSearch(criteria);
    const { items, total } = await this.types.search(condition, order, page);
    return { entityTypes: items.map(toEntityTypeJson), total };
  }
}
