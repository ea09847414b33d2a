import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Injectable,
  Logger,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialError } from '../auth/credential-error.js';
import { MalformedBody } from '../edge/malformed-body.js';
import { DomainError, type DomainErrorCode } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';
import { ScimError, type ScimType, toErrorBody } from '../scim-core/scim-error.js';
import { MethodNotAllowed } from './method-not-allowed.js';

/** How the product's refusals are told in SCIM (RFC 7644 §3.12). A code without an entry does not compile. */
const answers: Readonly<
  Record<DomainErrorCode, { readonly status: number; readonly scimType?: ScimType }>
> = {
  not_found: { status: 404 },
  conflict: { status: 409, scimType: 'uniqueness' },
  invalid: { status: 400, scimType: 'invalidValue' },
  forbidden: { status: 403 },
  version_mismatch: { status: 412 },
  too_large: { status: 413 },
  unavailable: { status: 503 },
  not_implemented: { status: 501 },
};

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
    const told = this.tell(error, id);
    void reply
      .code(told.status)
      .headers(headersOf(error, told.status))
      .type('application/scim+json')
      .send(JSON.stringify(toErrorBody(told)));
  }

  private tell(error: unknown, requestId: string): ScimError {
    if (error instanceof ScimError) return error;
    if (error instanceof CredentialError) return new ScimError(401, undefined, error.message);
    if (error instanceof MalformedBody) return toBodyError(error);
    const known = error instanceof DomainError ? error : toDomainError(error);
    if (known !== undefined) {
      const { status, scimType } = answers[known.code];
      return new ScimError(status, scimType, known.message);
    }
    if (error instanceof HttpException)
      return new ScimError(error.getStatus(), undefined, error.message);
    this.logger.error(
      `request ${requestId} failed`,
      error instanceof Error ? error.stack : String(error),
    );
    return new ScimError(
      500,
      undefined,
      `The server failed to answer; the log has it under request ${requestId}.`,
    );
  }
}

function toBodyError(error: MalformedBody): ScimError {
  return new ScimError(
    error.status,
    error.status === 400 ? 'invalidSyntax' : undefined,
    error.message,
  );
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
