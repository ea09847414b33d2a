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
  Res,
  UnauthorizedException,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type AdminCaller, Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { TenantResolver } from '../auth/tenant-resolver.js';
import { parseRequest } from '../contract/request/parse-request.js';
import { findText, type Query as QueryParameters } from '../contract/request/query.js';
import { requestError } from '../contract/request/request-error.js';
import { patch, replacement, type Revision } from '../contract/request/revision.js';
import { parseSearchBody, parseSearchQuery } from '../contract/search/parse-search.js';
import { TenantCriteria, toTenantSearch } from '../contract/search/tenant-search.js';
import {
  keepingSecrets,
  toCopiedTenantDraft,
  toTenantDraft,
  toTenantJson,
} from '../contract/tenant.js';
import { TenantDeleteRequest, TenantRequest } from '../contract/tenant.request.js';
import { JsonBody } from '../edge/request-body.js';
import { everything } from '../kernel/condition.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { KeyService } from '../keys/key.service.js';
import type { Tenant, TenantDraft } from '../tenants/tenant.js';
import { TenantService } from '../tenants/tenant.service.js';
import { FieldPrefix } from './field-prefix.interceptor.js';
import { IdPipe } from './id.pipe.js';
import { wholeList } from './lists.js';

/**
 * contract/tenants.md §1. A key of one tenant sees that tenant and makes no other. Secrets are in answers to keys that
 * may read them; to others only those that the call itself has made.
 */
@Controller('/api/tenant')
@Requires('/api/tenant')
@UseInterceptors(new FieldPrefix('tenant'))
export class TenantsController {
  constructor(
    private readonly tenants: TenantService,
    private readonly keys: KeyService,
    private readonly resolver: TenantResolver,
  ) {}

  @Post(['', ':tenantId'])
  @HttpCode(HttpStatus.OK)
  async create(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) id: string | undefined,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    if (caller.keyTenantId !== undefined)
      throw new DomainError('forbidden', 'A key of one tenant makes no other tenant.');
    const request = parseRequest(TenantRequest, body);
    const created = await this.tenants.create(caller.request, await this.newDraft(request), id);
    // A copy has secrets that its caller did not give and may not be allowed to read.
    const isCopy = typeof request.sourceTenantId === 'string';
    return this.showOne(caller, isCopy ? await this.tenants.get(created.id) : created);
  }

  @Get()
  async list(@Caller() caller: AdminCaller): Promise<JsonObject> {
    const only = caller.keyTenantId ?? caller.headerTenantId;
    if (only !== undefined)
      return { tenants: await this.show(caller, [await this.getOwn(caller, only)]) };
    const { items } = await this.tenants.search(
      everything,
      [{ field: 'name', isDescending: false }],
      wholeList,
    );
    return { tenants: await this.show(caller, items) };
  }

  @Get('search')
  @Requires('/api/tenant/search', { isGlobal: true })
  searchByQuery(
    @Caller() caller: AdminCaller,
    @Query() query: QueryParameters,
  ): Promise<JsonObject> {
    return this.search(caller, parseSearchQuery(TenantCriteria, query));
  }

  @Post('search')
  @HttpCode(HttpStatus.OK)
  @Requires('/api/tenant/search', { isGlobal: true })
  searchByBody(@Caller() caller: AdminCaller, @JsonBody() body: unknown): Promise<JsonObject> {
    return this.search(caller, parseSearchBody(TenantCriteria, body));
  }

  @Get(':tenantId')
  async get(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) id: string,
  ): Promise<JsonObject> {
    return this.showOne(caller, await this.getOwn(caller, id));
  }

  @Put(':tenantId')
  replace(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) id: string,
    @JsonBody() body: unknown,
  ): Promise<JsonObject> {
    const complete = caller.mayReadSecrets ? asItIs : keepingSecrets;
    return this.change(caller, id, replacement(TenantRequest, body), complete);
  }

  @Patch(':tenantId')
  patch(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) id: string,
    @Headers('content-type') mediaType: string | undefined,
    @JsonBody() body: Json | undefined,
  ): Promise<JsonObject> {
    return this.change(caller, id, patch(TenantRequest, mediaType, body), asItIs);
  }

  /** Answers when the tenant is gone; at once, with 202, to those who do not wait. Served it is no more in both cases. */
  @Delete(':tenantId')
  async delete(
    @Caller() caller: AdminCaller,
    @Param('tenantId', IdPipe) id: string,
    @Query() query: QueryParameters,
    @JsonBody() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const isAsync =
      parseRequest(TenantDeleteRequest, body).async === true || findText(query, 'async') === 'true';
    this.resolver.checkOwn(caller, id);
    if (!isAsync) return this.tenants.delete(caller.request, id);
    await this.tenants.deleteWithoutWaiting(caller.request, id);
    void reply.code(HttpStatus.ACCEPTED);
  }

  private async newDraft(request: TenantRequest): Promise<TenantDraft> {
    const { sourceTenantId, tenant } = request;
    if (typeof sourceTenantId !== 'string') return this.draftOf(request);
    const source = await this.tenants.find(sourceTenantId);
    if (source !== undefined)
      return toCopiedTenantDraft(this.tenants.withSecrets(source), tenant.name);
    throw requestError(
      'sourceTenantId',
      'invalid',
      `There is no tenant with id [${sourceTenantId}].`,
    );
  }

  private getOwn(caller: AdminCaller, id: string) {
    this.resolver.checkOwn(caller, id);
    return this.tenants.get(id);
  }

  private async change(
    caller: AdminCaller,
    id: string,
    revise: Revision<TenantRequest>,
    complete: (draft: TenantDraft, before: Tenant) => TenantDraft,
  ): Promise<JsonObject> {
    this.resolver.checkOwn(caller, id);
    const tenant = await this.tenants.change(caller.request, id, async (before) => {
      // The secrets are in it, also for callers that cannot read them: neither flavour of PATCH can copy a value from one
      // member to another, and so one that leaves a secret out keeps it.
      const request = revise(() => ({ tenant: toTenantJson(before) }));
      const draft = await this.draftOf(request);
      if (caller.keyTenantId !== undefined && draft.name !== before.name) throw nameIsShared();
      return complete(draft, before);
    });
    return this.showOne(caller, tenant);
  }

  /** @throws RequestError invalid, when the key of id tokens does not exist: nothing in the database watches that one */
  private async draftOf({ tenant }: TenantRequest): Promise<TenantDraft> {
    const idTokenKeyId = tenant.jwtConfiguration?.idTokenKeyId ?? undefined;
    const [unknown] = idTokenKeyId === undefined ? [] : await this.keys.findUnknown([idTokenKeyId]);
    if (unknown === undefined)
      return toTenantDraft(tenant, this.tenants.newTenantDraft(tenant.name));
    throw requestError(
      'tenant.jwtConfiguration.idTokenKeyId',
      'invalid',
      `There is no key with id [${unknown}].`,
    );
  }

  private async showOne(caller: AdminCaller, tenant: Tenant): Promise<JsonObject> {
    const [json = {}] = await this.show(caller, [tenant]);
    return { tenant: json };
  }

  private async show(caller: AdminCaller, tenants: readonly Tenant[]): Promise<JsonObject[]> {
    const defaultKeyId = await this.keys.getDefaultId();
    return tenants.map((tenant) =>
      toTenantJson(caller.mayReadSecrets ? this.tenants.withSecrets(tenant) : tenant, defaultKeyId),
    );
  }

  /** A search of all tenants and a header that names one contradict each other. */
  private async search(caller: AdminCaller, criteria: TenantCriteria): Promise<JsonObject> {
    if (caller.headerTenantId !== undefined) throw new UnauthorizedException();
    const { condition, order, page } = toTenantSearch(criteria);
    const { items, total } = await this.tenants.search(condition, order, page);
    return { tenants: await this.show(caller, items), total };
  }
}

function asItIs(draft: TenantDraft): TenantDraft {
  return draft;
}

/** All tenants share the names: whoever tries one after the other would learn who the others are (decision 26). */
function nameIsShared(): DomainError {
  return DomainError.invalid({
    field: 'name',
    rule: 'immutable',
    message: 'An API key of one tenant cannot change the name of the tenant.',
  });
}
