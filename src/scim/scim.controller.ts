import {
  All,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { anyone, Requires } from '../auth/requires.js';
import type { ScimCaller } from '../auth/scim-caller.js';
import { Configuration } from '../config/configuration.js';
import { PasswordHasher } from '../directory/password-hasher.js';
import { JsonBody } from '../edge/request-body.js';
import { isJsonObject } from '../scim-core/json.js';
import { parseListQuery, parseSearchRequest } from '../scim-core/resource/list.js';
import type { ProjectionRequest } from '../scim-core/resource/project.js';
import { ScimError } from '../scim-core/scim-error.js';
import { authorize } from './authorize.js';
import { discoveryEndpoints, refuseFilter } from './discovery.js';
import type { Preconditions } from './entity-tag.js';
import { Endpoints } from './endpoints.js';
import type { ResourceAnswer, WriteOptions } from './resource-handler.js';
import { scimBasePath, scimBaseUrl } from './scim-base.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { ScimClient, ScimGuard } from './scim.guard.js';
import { send, sendNothing } from './send.js';
import { refuseRoute } from './unserved-route.js';

type RequestQuery = Readonly<Record<string, unknown>>;

/** SCIM 2.0 over HTTP (RFC 7644 §3). Who calls is the guard's question, what with is the handlers'. */
@Controller(scimBasePath)
@Requires(anyone)
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class ScimController {
  private readonly baseUrl: string;

  constructor(
    private readonly endpoints: Endpoints,
    private readonly passwords: PasswordHasher,
    configuration: Configuration,
  ) {
    this.baseUrl = scimBaseUrl(configuration);
  }

  @Get(':endpoint')
  async list(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @Query() query: RequestQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const discovery = discoveryEndpoints.get(endpoint);
    if (discovery === undefined) {
      const handler = this.endpoints.authorized(caller, endpoint, 'read', 'GET');
      return send(reply, 200, await handler.list(caller, parseListQuery(query)));
    }
    authorize(caller, discovery.permission);
    refuseFilter(query);
    send(reply, 200, discovery.all(this.baseUrl));
  }

  @Post(':endpoint')
  async create(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @JsonBody() body: unknown,
    @Query() query: RequestQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const handler = this.endpoints.authorized(caller, endpoint, 'create', 'POST');
    const answer = await handler.create(caller, body, this.optionsOf(caller, query));
    sendResource(reply.header('location', `${this.baseUrl}/${endpoint}/${answer.id}`), 201, answer);
  }

  @Post(':endpoint/.search')
  @HttpCode(200)
  async search(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @JsonBody() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const handler = this.endpoints.authorized(caller, endpoint, 'read', 'POST', '.search');
    send(reply, 200, await handler.list(caller, parseSearchRequest(body)));
  }

  @Get(':endpoint/:id')
  async read(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @Param('id') id: string,
    @Query() query: RequestQuery,
    @Headers() headers: Preconditions,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const discovery = discoveryEndpoints.get(endpoint);
    if (discovery === undefined) {
      const handler = this.endpoints.authorized(caller, endpoint, 'read', 'GET', id);
      const answer = await handler.read(caller, id, {
        shown: projectionOf(query),
        preconditions: headers,
      });
      return sendResource(reply, 200, answer, 304);
    }
    authorize(caller, discovery.permission);
    refuseFilter(query);
    const resource = discovery.find(this.baseUrl, id);
    if (resource === undefined)
      throw new ScimError(404, undefined, `There is no ${JSON.stringify(id)} in ${endpoint}.`);
    send(reply, 200, resource);
  }

  @Put(':endpoint/:id')
  async replace(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @Param('id') id: string,
    @JsonBody() body: unknown,
    @Query() query: RequestQuery,
    @Headers() headers: Preconditions,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const handler = this.endpoints.authorized(caller, endpoint, 'update', 'PUT', id);
    sendResource(
      reply,
      200,
      await handler.replace(caller, id, body, this.optionsOf(caller, query, headers)),
    );
  }

  @Patch(':endpoint/:id')
  async patch(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @Param('id') id: string,
    @JsonBody() body: unknown,
    @Query() query: RequestQuery,
    @Headers() headers: Preconditions,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const handler = this.endpoints.authorized(caller, endpoint, 'update', 'PATCH', id);
    sendResource(
      reply,
      200,
      await handler.patch(caller, id, body, this.optionsOf(caller, query, headers)),
    );
  }

  @Delete(':endpoint/:id')
  async delete(
    @ScimClient() caller: ScimCaller,
    @Param('endpoint') endpoint: string,
    @Param('id') id: string,
    @Headers() headers: Preconditions,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const handler = this.endpoints.authorized(caller, endpoint, 'delete', 'DELETE', id);
    await handler.delete(caller, id, headers);
    sendNothing(reply, 204);
  }

  /** Whatever is below the base and none of the above. */
  @All('*')
  unserved(@Req() request: FastifyRequest): never {
    return refuseRoute(request.method, request.url);
  }

  private optionsOf(
    caller: ScimCaller,
    query: RequestQuery,
    preconditions: Preconditions = {},
  ): WriteOptions {
    return {
      shown: projectionOf(query),
      preconditions,
      hashPassword: (password) => this.passwords.hash(caller.context, password),
    };
  }
}

/**
 * The tag goes with the answer, also with one that has no body.
 * @param emptyStatus for an answer without a body: 204 after a write, 304 for a read of what the client has already
 */
function sendResource(
  reply: FastifyReply,
  status: number,
  answer: ResourceAnswer,
  emptyStatus: 204 | 304 = 204,
): void {
  void reply.header('etag', answer.version);
  if (answer.resource === undefined) sendNothing(reply, emptyStatus);
  else send(reply, status, answer.resource);
}

/** The parameters work on writes too, and then decide on the body of the answer (RFC 7644 §3.9). */
function projectionOf(query: RequestQuery): ProjectionRequest {
  const { attributes, excludedAttributes } = parseListQuery(isJsonObject(query) ? query : {});
  return { attributes, excludedAttributes };
}
