import { HttpException, HttpStatus } from '@nestjs/common';
import { TenantRequired } from '../auth/tenant-resolver.js';
import { type Errors, toErrors, toGeneralError } from '../contract/errors.js';
import { RequestError } from '../contract/request/request-error.js';
import { MalformedBody } from '../edge/malformed-body.js';
import { MalformedHeader } from '../edge/malformed-header.js';
import type { DomainError, DomainErrorCode } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';

/** What a failed request is told. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for an empty body. */
  readonly body: Errors | undefined;
}

interface Telling {
  readonly status: HttpStatus;
  /** The code of an error that is about no field; undefined where the answer has no body. */
  readonly generalCode: string | undefined;
}

/** Every way in which the product refuses, in FusionAuth's words (contract/README.md §1 and §4). */
const tellings: Readonly<Record<DomainErrorCode, Telling>> = {
  not_found: { status: HttpStatus.NOT_FOUND, generalCode: undefined },
  conflict: { status: HttpStatus.BAD_REQUEST, generalCode: 'duplicate' },
  invalid: { status: HttpStatus.BAD_REQUEST, generalCode: 'invalid' },
  forbidden: { status: HttpStatus.UNAUTHORIZED, generalCode: undefined },
  version_mismatch: { status: HttpStatus.BAD_REQUEST, generalCode: 'versionMismatch' },
  too_large: { status: HttpStatus.PAYLOAD_TOO_LARGE, generalCode: 'tooLarge' },
  too_many: { status: HttpStatus.BAD_REQUEST, generalCode: 'tooMany' },
  unavailable: { status: HttpStatus.SERVICE_UNAVAILABLE, generalCode: 'unavailable' },
  not_implemented: { status: HttpStatus.NOT_IMPLEMENTED, generalCode: 'notImplemented' },
};

/** A database that was away is asked again at once by nobody. */
const retryAfterSeconds = 5;

const bodiless: ReadonlySet<number> = new Set([
  HttpStatus.UNAUTHORIZED,
  HttpStatus.FORBIDDEN,
  HttpStatus.NOT_FOUND,
  HttpStatus.METHOD_NOT_ALLOWED,
]);

/** @returns undefined for an error that nobody foresaw */
export function findErrorAnswer(error: unknown): ErrorAnswer | undefined {
  if (error instanceof RequestError)
    return answer(HttpStatus.BAD_REQUEST, toErrors(error.problems));
  if (error instanceof TenantRequired) {
    return answer(HttpStatus.BAD_REQUEST, toGeneralError('TenantIdRequired', error.message));
  }
  if (error instanceof MalformedBody) {
    return error.field === ''
      ? toMalformedAnswer(error.status, error.message)
      : answer(
          error.status,
          toErrors([{ field: error.field, rule: 'invalid', message: error.message }]),
        );
  }
  if (error instanceof MalformedHeader)
    return answer(error.status, toGeneralError('invalidRequest', error.message));
  const domainError = toDomainError(error);
  if (domainError !== undefined) return toDomainAnswer(domainError);
  const refusal = refusalOf(error);
  return refusal && toMalformedAnswer(refusal.status, refusal.message);
}

/** Nothing of the error itself is told: it may quote what is nobody's business. */
export const unexpectedAnswer = answer(
  HttpStatus.INTERNAL_SERVER_ERROR,
  toGeneralError(
    'Exception',
    'An unexpected error happened. It was logged under the id of the request.',
  ),
);

function toDomainAnswer(error: DomainError): ErrorAnswer {
  const { status, generalCode } = tellings[error.code];
  if (generalCode === undefined) return answer(status, undefined);
  const body =
    error.problems.length > 0
      ? toErrors(error.problems)
      : toGeneralError(generalCode, error.message);
  const isTemporary = error.code === 'unavailable';
  return { status, headers: isTemporary ? { 'Retry-After': String(retryAfterSeconds) } : {}, body };
}

/** A wrong Content-Type is a 400 here, with a hint (contract/README.md §1). */
function toMalformedAnswer(status: number, message: string): ErrorAnswer {
  if (bodiless.has(status)) return answer(status, undefined);
  const isWrongType = status === Number(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
  const code =
    status === Number(HttpStatus.PAYLOAD_TOO_LARGE)
      ? 'tooLarge'
      : isWrongType
        ? 'invalid'
        : 'invalidJSON';
  return answer(isWrongType ? HttpStatus.BAD_REQUEST : status, toGeneralError(code, message));
}

/** Nest and Fastify refuse requests with errors that carry a status of 4xx. */
function refusalOf(error: unknown): { status: number; message: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : 'statusCode' in error
        ? Number(error.statusCode)
        : 0;
  return status >= 400 && status < 500 ? { status, message: error.message } : undefined;
}

function answer(status: number, body: Errors | undefined): ErrorAnswer {
  return { status, headers: {}, body };
}
