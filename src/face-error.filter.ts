import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { AdminErrorFilter } from './admin-api/error.filter.js';
import { ScimErrorFilter } from './scim/scim-error.filter.js';

const scimBase = /^\/+api\/+scim(\/|$)/i;

/** Errors that arise before a route is found or its body is read: told by the face whose path it was. */
@Catch()
@Injectable()
export class FaceErrorFilter implements ExceptionFilter {
  constructor(
    private readonly scim: ScimErrorFilter,
    private readonly admin: AdminErrorFilter,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { url } = host.switchToHttp().getRequest<{ url: string }>();
    const face = scimBase.test(url) ? this.scim : this.admin;
    face.catch(error, host);
  }
}
