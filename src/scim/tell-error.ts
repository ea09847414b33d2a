import { HttpException, type Logger } from '@nestjs/common';
import { CredentialError } from '../auth/credential-error.js';
import { MalformedBody } from '../edge/malformed-body.js';
import { MalformedHeader } from '../edge/malformed-header.js';
import { DomainError, type DomainErrorCode } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';
import { ScimError, type ScimType } from '../scim-core/scim-error.js';

/** How the product's refusals are told in SCIM (RFC 7644 §3.12). A code without an entry does not compile. */
const answers: Readonly<
  Record<
    DomainErrorCode,
    { readonly status: number; readonly scimType?: ScimType; readonly detail?: string }
  >
> = {
  not_found: { status: 404 },
  conflict: { status: 409, scimType: 'uniqueness' },
  invalid: { status: 400, scimType: 'invalidValue' },
  forbidden: { status: 403 },
  version_mismatch: { status: 412 },
  too_large: { status: 413 },
  too_many: {
    status: 400,
    scimType: 'tooMany',
    detail:
      'Too many resources would have to be read: narrow the filter with eq on an attribute that has an index (id, ' +
      'userName, externalId, displayName, emails.value, phoneNumbers.value, employeeNumber or members.value), and sort ' +
      "by none but id, userName or a group's displayName.",
  },
  unavailable: { status: 503 },
  not_implemented: { status: 501 },
};

/** Fields of the directory that have another name in SCIM. */
const attributeNames: ReadonlyMap<string, string> = new Map([
  ['name', 'displayName'],
  ['email', 'emails'],
]);

/**
 * Any error as the SCIM error that the client is told, of a request or of one operation in it. Of what nobody foresaw
 * the client learns the request only, and the log the rest.
 */
export function tellError(error: unknown, requestId: string, logger: Logger): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof CredentialError) return new ScimError(401, undefined, error.message);
  if (error instanceof MalformedBody) return toBodyError(error);
  if (error instanceof MalformedHeader)
    return new ScimError(error.status, undefined, error.message);
  const known = error instanceof DomainError ? error : toDomainError(error);
  if (known !== undefined) {
    const { status, scimType, detail } = answers[known.code];
    return new ScimError(status, scimType, detail ?? toDetail(known));
  }
  if (error instanceof HttpException)
    return new ScimError(error.getStatus(), undefined, error.message);
  logger.error(`request ${requestId} failed`, error instanceof Error ? error.stack : String(error));
  return new ScimError(
    500,
    undefined,
    `The server failed to answer; the log has it under request ${requestId}.`,
  );
}

/** Every broken rule behind the attribute that broke it, so that a client knows which of its values is meant. */
function toDetail({ message, problems }: DomainError): string {
  if (problems.length === 0) return message;
  return problems
    .map((problem) => `${attributeNames.get(problem.field) ?? problem.field}: ${problem.message}`)
    .join(' ');
}

function toBodyError(error: MalformedBody): ScimError {
  return new ScimError(
    error.status,
    error.status === 400 ? 'invalidSyntax' : undefined,
    error.message,
  );
}
