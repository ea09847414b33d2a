import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Configuration } from '../config/configuration.js';
import { isUuid } from '../kernel/ids.js';
import type { CarriesFacts } from '../kernel/request-facts.js';
import { mayReadSecrets } from './api-key.js';
import { ApiKeyService } from './api-key.service.js';
import type { AdminCaller, CarriesCaller } from './caller.js';
import { anyone, askedPath, type Requirement, requirementKey } from './requires.js';

interface AdminRequest extends CarriesCaller, CarriesFacts {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Stands before every route and reads what the route declared, so that no path, however spelt, reaches a
 * handler around it. One answer for every refusal: 401 (contract/README.md §1).
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeyService,
    private readonly configuration: Configuration,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const requirement = this.reflector.getAllAndOverride<Requirement | undefined>(
      requirementKey,
      targets,
    );
    if (requirement === undefined) throw new UnauthorizedException();
    if (requirement.endpoint === anyone) return true;
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const endpoint =
      requirement.endpoint === askedPath ? endpointOf(request.url) : requirement.endpoint;
    const caller = await this.authenticate(request, endpoint, requirement.isGlobal);
    request.rollcallCaller = caller;
    request.rollcallFacts = {
      actor: caller.request.actor,
      tenantId: caller.keyTenantId ?? caller.headerTenantId,
    };
    return true;
  }

  private async authenticate(
    request: AdminRequest,
    endpoint: string,
    isGlobal: boolean,
  ): Promise<AdminCaller> {
    const authorization = headerOf(request, 'authorization');
    const key = await this.apiKeys.findAllowed(authorization, endpoint, request.method);
    if (key === undefined) throw new UnauthorizedException();
    if (isGlobal && key.tenantId !== undefined) throw new UnauthorizedException();
    return {
      request: { actor: { kind: 'api_key', id: key.id }, requestId: request.id },
      keyTenantId: key.tenantId,
      headerTenantId: headerOf(request, 'x-fusionauth-tenantid')?.toLowerCase() || undefined,
      isKeyManager: key.isKeyManager,
      mayReadSecrets: this.configuration.secrets === 'readable' && mayReadSecrets(key),
    };
  }
}

/** How API keys name a path: without its ids, which are UUIDs or, in logs, numbers (contract/README.md §2). */
function endpointOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  const names = path.split('/').filter((part) => part !== '' && !isUuid(part) && !isNumber(part));
  return `/${names.join('/')}`;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function headerOf(request: AdminRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
