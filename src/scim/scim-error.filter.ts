import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  Logger,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialError } from '../auth/credential-error.js';
import { toErrorBody } from '../scim-core/scim-error.js';
import { MethodNotAllowed } from './method-not-allowed.js';
import { send } from './send.js';
import { tellError } from './tell-error.js';

const retryAfterSeconds = 5;

/** The one place where errors become SCIM answers. */
@Catch()
@Injectable()
export class ScimErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ScimErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { id } = http.getRequest<FastifyRequest>();
    const told = tellError(error, id, this.logger);
    send(reply.headers(headersOf(error, told.status)), told.status, toErrorBody(told));
  }
}

function headersOf(error: unknown, status: number): Record<string, string> {
  if (error instanceof MethodNotAllowed) return { allow: error.allowed.join(', ') };
  if (status === 503) return { 'retry-after': String(retryAfterSeconds) };
  if (status === 401) return { 'www-authenticate': challengeOf(error) };
  return {};
}

/** RFC 6750 §3: no error code for a request that brought no credential at all. */
function challengeOf(error: unknown): string {
  const challenge = error instanceof CredentialError ? error.challenge : undefined;
  if (!(error instanceof CredentialError) || challenge === undefined) return 'Bearer realm="SCIM"';
  const description = error.message.replace(/["\\]/g, "'");
  return `Bearer realm="SCIM", error="${challenge}", error_description="${description}"`;
}
