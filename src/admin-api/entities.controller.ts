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
  UseInterceptors,
} from '@nestjs/common';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import {
  toEntityDocument,
  toEntityDraft,
  toEntityJson,
  toEntityWithSecretJson,
} from '../contract/entity.js';
import { EntityRequest } from '../contract/entity.request.js';
import { parseRequest } from '../contract/request/parse-request.js';
import { patch, replacement, type Revision } from '../contract/request/revision.js';
import { JsonBody } from '../edge/request-body.js';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { ChosenIds } from './chosen-ids.js';
import { FieldPrefix } from './field-prefix.interceptor.js';
import { IdPipe } from './id.pipe.js';

/**
 * contract/entities.md §4. The secret is in answers to keys that may read secrets, and in that of the call that makes
 * it.
 */
@Controller('/api/entity')
@Requires('/api/entity')
@UseInterceptors(new FieldPrefix('entity'))
export class EntitiesController {
  constructor(
    private readonly entities: EntityService,
    private readonly chosenIds: ChosenIds,
    private readonly resolver: TenantResolver,
  ) {}

  @Post(['', ':entityId'])
  @HttpCode(HttpStatus.OK)
  async create(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) id: string | undefined,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    const { entity } = parseRequest(EntityRequest, body);
    const context = await this.resolver.resolve(caller);
    const created = await this.chosenIds.create(caller, context, toEntityDraft(entity), id);
    return { entity: toEntityWithSecretJson(created) };
  }

  @Get(':entityId')
  async get(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) id: string,
  ): Promise<JsonObject> {
    const entity = await this.entities.get(await this.contextOf(caller, id), id);
    return { entity: await this.show(caller, entity) };
  }

  @Put(':entityId')
  replace(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) id: string,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    return this.change(caller, id, replacement(EntityRequest, body));
  }

  @Patch(':entityId')
  patch(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) id: string,
    @Headers('content-type') mediaType: string | undefined,
    @JsonBody() body: Json | undefined,
  ): Promise<JsonObject> {
    return this.change(caller, id, patch(EntityRequest, mediaType, body));
  }

  @Delete(':entityId')
  async delete(
    @Caller() caller: AdminCaller,
    @Param('entityId', IdPipe) id: string,
  ): Promise<void> {
    await this.entities.delete(await this.contextOf(caller, id), id);
  }

  private async change(
    caller: AdminCaller,
    id: string,
    revise: Revision<EntityRequest>,
  ): Promise<JsonObject> {
    let given: string | undefined;
    const changed = await this.entities.change(
      await this.contextOf(caller, id),
      id,
      ({ entity }) => {
        const draft = toEntityDraft(revise(() => toEntityDocument(entity)).entity);
        given = draft.clientSecret;
        return draft;
      },
    );
    if (given === undefined) return { entity: await this.show(caller, changed.entity) };
    return { entity: toEntityWithSecretJson({ entity: changed.entity, clientSecret: given }) };
  }

  private async show(caller: AdminCaller, entity: Entity): Promise<JsonObject> {
    const [shown] = caller.mayReadSecrets ? await this.entities.withSecrets([entity]) : [];
    return shown === undefined ? toEntityJson(entity) : toEntityWithSecretJson(shown);
  }

  private async contextOf(caller: AdminCaller, id: string): Promise<TenantContext> {
    return this.resolver.resolveObject(caller, await this.entities.findTenantId(id));
  }
}
