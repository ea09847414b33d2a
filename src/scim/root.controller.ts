import {
  All,
  Controller,
  HttpCode,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { anyone, Requires } from '../auth/requires.js';
import type { ScimCaller } from '../auth/scim-caller.js';
import { JsonBody } from '../edge/request-body.js';
import { type ListQuery, parseListQuery, parseSearchRequest } from '../scim-core/resource/list.js';
import { RootHandler } from './root.handler.js';
import { scimBasePath } from './scim-base.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { send } from './send.js';
import { ScimClient, ScimGuard } from './scim.guard.js';
import { refuseRoute } from './unserved-route.js';

/** HEAD is GET without the body, which the server leaves out by itself (RFC 9110 §9.3.2). */
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Queries of all resource types over HTTP (RFC 7644 §3.4.2.1, §3.4.3); each type has its own permission. */
@Controller(scimBasePath)
@Requires(anyone)
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class RootController {
  constructor(private readonly root: RootHandler) {}

  /** The base URL: to be read, and nothing else. */
  @All()
  async list(
    @ScimClient() caller: ScimCaller,
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!readMethods.has(request.method)) refuseRoute(request.method, request.url);
    await this.answer(caller, parseListQuery(query), reply);
  }

  @Post('.search')
  @HttpCode(200)
  async search(
    @ScimClient() caller: ScimCaller,
    @JsonBody() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(caller, parseSearchRequest(body), reply);
  }

  private async answer(caller: ScimCaller, query: ListQuery, reply: FastifyReply): Promise<void> {
    const found = await this.root.list(caller, query);
    send(reply, 200, found);
  }
}
