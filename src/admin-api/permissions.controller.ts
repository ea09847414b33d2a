import {
  Controller,
  Delete,
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
import { toPermissionDraft, toPermissionJson } from '../contract/permission.js';
import { PermissionRequest } from '../contract/permission.request.js';
import { parseRequest } from '../contract/request/parse-request.js';
import { findText, type Query as QueryParameters } from '../contract/request/query.js';
import { requestError } from '../contract/request/request-error.js';
import { patch, replacement, type Revision } from '../contract/request/revision.js';
import { JsonBody } from '../edge/request-body.js';
import { EntityTypeService } from '../entities/entity-type.service.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { FieldPrefix } from './field-prefix.interceptor.js';
import { IdPipe } from './id.pipe.js';

/** contract/entities.md §2. They are read with their type. */
@Controller('/api/entity/type/:entityTypeId/permission')
@Requires('/api/entity/type/permission', { isGlobal: true })
@UseInterceptors(new FieldPrefix('permission'))
export class PermissionsController {
  constructor(private readonly types: EntityTypeService) {}

  @Post(['', ':permissionId'])
  @HttpCode(HttpStatus.OK)
  async create(
    @Caller() { request }: AdminCaller,
    @Param('entityTypeId', IdPipe) typeId: string,
    @Param('permissionId', IdPipe) id: string | undefined,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    const { permission } = parseRequest(PermissionRequest, body);
    const draft = toPermissionDraft(permission);
    const created = await this.types.createPermission(
      request,
      typeId,
      draft,
      id ?? permission.id ?? undefined,
    );
    return { permission: toPermissionJson(created) };
  }

  @Put(':permissionId')
  replace(
    @Caller() caller: AdminCaller,
    @Param('entityTypeId', IdPipe) typeId: string,
    @Param('permissionId', IdPipe) id: string,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    return this.change(caller, { typeId, id }, replacement(PermissionRequest, body));
  }

  @Patch(':permissionId')
  patch(
    @Caller() caller: AdminCaller,
    @Param('entityTypeId', IdPipe) typeId: string,
    @Param('permissionId', IdPipe) id: string,
    @Headers('content-type') mediaType: string | undefined,
    @JsonBody() body: Json | undefined,
  ): Promise<JsonObject> {
    return this.change(caller, { typeId, id }, patch(PermissionRequest, mediaType, body));
  }

  @Delete(':permissionId')
  delete(
    @Caller() { request }: AdminCaller,
    @Param('entityTypeId', IdPipe) typeId: string,
    @Param('permissionId', IdPipe) id: string,
  ): Promise<void> {
    return this.types.deletePermission(request, typeId, { id });
  }

  @Delete()
  deleteByName(
    @Caller() { request }: AdminCaller,
    @Param('entityTypeId', IdPipe) typeId: string,
    @Query() query: QueryParameters,
  ): Promise<void> {
    const name = findText(query, 'name');
    if (name === undefined)
      throw requestError('name', 'blank', '[name] or an id in the path is required.');
    return this.types.deletePermission(request, typeId, { name });
  }

  private async change(
    { request }: AdminCaller,
    which: { typeId: string; id: string },
    revise: Revision<PermissionRequest>,
  ): Promise<JsonObject> {
    const changed = await this.types.changePermission(request, which.typeId, which.id, (before) =>
      toPermissionDraft(revise(() => ({ permission: toPermissionJson(before) })).permission),
    );
    return { permission: toPermissionJson(changed) };
  }
}
