import { Controller, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { anyone, Requires } from '../auth/requires.js';
import type { ScimCaller } from '../auth/scim-caller.js';
import { JsonBody } from '../edge/request-body.js';
import { BulkService } from './bulk.service.js';
import { scimBasePath } from './scim-base.js';
import { ScimErrorFilter } from './scim-error.filter.js';
import { send } from './send.js';
import { ScimClient, ScimGuard } from './scim.guard.js';

/** Bulk over HTTP (RFC 7644 §3.7). It needs no permission of its own: each operation has its. */
@Controller(`${scimBasePath}/Bulk`)
@Requires(anyone)
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  @Post()
  async run(
    @ScimClient() caller: ScimCaller,
    @JsonBody() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.bulk.run(caller, body);
    send(reply, 200, answer);
  }
}
