import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ScimAuthenticator } from '../auth/scim-authenticator.js';
import type { ScimCaller } from '../auth/scim-caller.js';
import type { CarriesFacts } from '../kernel/request-facts.js';

interface CarriesScimCaller extends CarriesFacts {
  rollcallScimCaller?: ScimCaller;
}

/** Lets nobody in without a bearer token of the tenant's; what that one may do is each operation's question. */
@Injectable()
export class ScimGuard implements CanActivate {
  constructor(private readonly authenticator: ScimAuthenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & CarriesScimCaller>();
    const caller = await this.authenticator.authenticate(request.headers.authorization, request.id);
    request.rollcallScimCaller = caller;
    request.rollcallFacts = { actor: caller.context.actor, tenantId: caller.context.tenantId };
    return true;
  }
}

/** The SCIM client that the guard let in. */
export const ScimClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): ScimCaller => {
    const { rollcallScimCaller } = context.switchToHttp().getRequest<CarriesScimCaller>();
    if (rollcallScimCaller === undefined)
      throw new Error('the guard stands before every SCIM route');
    return rollcallScimCaller;
  },
);
