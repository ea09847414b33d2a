import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import { findRecipient, parseRecipient, toGrantDraft, toGrantJson } from '../contract/grant.js';
import { GrantRequest } from '../contract/grant.request.js';
import { parseRequest } from '../contract/request/parse-request.js';
import type { Query as QueryParameters } from '../contract/request/query.js';
import { JsonBody } from '../edge/request-body.js';
import { EntityService } from '../entities/entity.service.js';
import { GrantService } from '../entities/grant.service.js';
import type { JsonObject } from '../kernel/json.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { FieldPrefix } from './field-prefix.interceptor.js';
import { IdPipe } from './id.pipe.js';
import { wholeList } from './lists.js';

/** contract/entities.md §5: the grants on the entity of the path. */
@Controller('/api/entity/:entityId/grant')
@Requires('/api/entity/grant')
@UseInterceptors(new FieldPrefix('grant'))
export class GrantsController {
  constructor(
    private readonly grants: GrantService,
    private readonly entities: EntityService,
    private readonly resolver: TenantResolver,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  create(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) targetId: string,
    @JsonBody() body: unknown,
  ): Promise<void> {
    return this.save(caller, targetId, body);
  }

  @Put()
  replace(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) targetId: string,
    @JsonBody() body: unknown,
  ): Promise<void> {
    return this.save(caller, targetId, body);
  }

  /** One grant when the query names a recipient, else all of them: clients tell these answers apart. */
  @Get()
  async get(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) targetId: string,
    @Query() query: QueryParameters,
  ): Promise<JsonObject> {
    const recipient = findRecipient(query);
    const context = await this.contextOf(caller, targetId);
    if (recipient !== undefined)
      return { grant: toGrantJson(await this.grants.get(context, targetId, recipient)) };
    const isOnTarget = {
      kind: 'compare',
      field: 'targetId',
      operator: 'eq',
      value: targetId,
    } as const;
    const { items } = await this.grants.search(
      context,
      isOnTarget,
      [{ field: 'insertInstant', isDescending: false }],
      wholeList,
    );
    return { grants: items.map(toGrantJson) };
  }

  @Delete()
  async delete(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) targetId: string,
    @Query() query: QueryParameters,
  ): Promise<void> {
    const recipient = parseRecipient(query);
    await this.grants.delete(await this.contextOf(caller, targetId), targetId, recipient);
  }

  /** POST and PUT are the same: the grant of that recipient is then as the body says. */
  private async save(caller: AdminCaller, targetId: string, body: unknown): Promise<void> {
    const { grant } = parseRequest(GrantRequest, body);
    await this.grants.save(await this.contextOf(caller, targetId), targetId, toGrantDraft(grant));
  }

  private async contextOf(caller: AdminCaller, targetId: string): Promise<TenantContext> {
    return this.resolver.resolveObject(caller, await this.entities.findTenantId(targetId));
  }
}
