import { Injectable } from '@nestjs/common';
import type { ScimCaller } from '../auth/scim-caller.js';
import { authorize, type Operation } from './authorize.js';
import { GroupHandler } from './group.handler.js';
import type { ResourceHandler } from './resource-handler.js';
import { scimBasePath } from './scim-base.js';
import { refuseRoute } from './unserved-route.js';
import { EnterpriseUserHandler, UserHandler } from './user.handler.js';

/** The endpoints of resources, and the one door to them, for a request alone and for an operation in a Bulk one. */
@Injectable()
export class Endpoints {
  private readonly handlers: ReadonlyMap<string, ResourceHandler>;

  constructor(users: UserHandler, enterpriseUsers: EnterpriseUserHandler, groups: GroupHandler) {
    this.handlers = new Map<string, ResourceHandler>([
      ['Users', users],
      ['EnterpriseUsers', enterpriseUsers],
      ['Groups', groups],
    ]);
  }

  /**
   * The handler of an endpoint, for a caller who may do this there.
   * @param below what stands behind the endpoint in the path
   * @throws ScimError 404, 405 or 501, for what is no endpoint of resources; DomainError forbidden
   */
  authorized(
    caller: ScimCaller,
    endpoint: string,
    operation: Operation,
    method: string,
    below?: string,
  ): ResourceHandler {
    const handler = this.handlers.get(endpoint);
    const isId = below !== '.search' || method === 'POST';
    if (handler === undefined || !isId)
      return refuseRoute(method, [scimBasePath, endpoint, below].filter(isText).join('/'));
    authorize(caller, `${handler.permissionPrefix}:${operation}`);
    return handler;
  }
}

function isText(part: string | undefined): part is string {
  return part !== undefined;
}
