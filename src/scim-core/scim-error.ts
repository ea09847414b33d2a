import type { JsonObject } from './json.js';

/** RFC 7644 §3.12, table 9, and RFC 9865 §2.1, table 3. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A request that the SCIM rules refuse. The detail is written for the person at the other end. */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    readonly scimType: ScimType | undefined,
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'ScimError';
  }
}

/** The body of an error answer (RFC 7644 §3.12): the status is a string there. */
export function toErrorBody(error: ScimError): JsonObject {
  return {
    schemas: [errorUrn],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    detail: error.detail,
  };
}

/** 400 with the scimType: what nearly every fault in a request comes to. */
export function badRequest(scimType: ScimType, detail: string): ScimError {
  return new ScimError(400, scimType, detail);
}

const quotedMax = 60;

/**
 * A stranger's text inside a detail: quoted, its control characters escaped, and cut to a sensible
 * length.
 */
export function quoted(text: string, max = quotedMax): string {
  return JSON.stringify(text.length > max ? `${text.slice(0, max)}…` : text);
}
