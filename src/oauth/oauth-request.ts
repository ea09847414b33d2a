import type { FastifyRequest } from 'fastify';
import { canonicalId, isUuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { IpAddress } from '../kernel/ip-address.js';
import type { CarriesAddress, RequestFacts } from '../kernel/request-facts.js';
import { type Form, parseForm, readForm } from './form-body.js';
import { OAuthError } from './oauth-error.js';

/** A request of a form endpoint, read and checked as far as all of them are alike. */
export interface OAuthRequest {
  readonly form: Form;
  readonly authorization: string | undefined;
  /** The tenant that the client believes to be in. */
  readonly tenantId: string | undefined;
  /** Whether the client proves a key that its token is to be bound to (RFC 9449). */
  readonly hasProof: boolean;
  readonly requestId: string;
  /** Where the client is; undefined once its connection is gone. */
  readonly address: IpAddress | undefined;
}

/** What a form endpoint answers with 200, and what the log says of its caller. */
export interface OAuthAnswer {
  readonly body: JsonObject;
  readonly facts: RequestFacts | undefined;
}

/**
 * @param queryNames what is read from the query too; secrets and tokens are refused there (RFC 6749 §2.3.1)
 * @throws OAuthError
 */
export function readOAuthRequest(
  request: FastifyRequest & CarriesAddress,
  queryNames: ReadonlySet<string>,
): OAuthRequest {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const {
    'content-type': contentType,
    'content-encoding': contentEncoding,
    authorization,
  } = request.headers;
  const form = mergeQuery(
    readForm({ contentType, contentEncoding, body }),
    queryOf(request.url),
    queryNames,
  );
  const tenantHeader = request.headers['x-fusionauth-tenantid'];
  const tenantId = readTenantId([
    form.get('tenantId'),
    typeof tenantHeader === 'string' ? tenantHeader : undefined,
  ]);
  const hasProof = request.headers.dpop !== undefined;
  const { id: requestId, rollcallAddress: address } = request;
  return { form, authorization, tenantId, hasProof, requestId, address };
}

function queryOf(url: string): Form {
  const question = url.indexOf('?');
  return question === -1 ? new Map() : parseForm(url.slice(question + 1));
}

/** What says who somebody is, or what is asked for, must not stand in a URL, which everybody writes down. */
const bodyOnly: ReadonlySet<string> = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'code',
  'grant_type',
  'password',
  'refresh_token',
  'token',
  'username',
]);

/** Other parameters than these and those that are read are ignored, as RFC 6749 §3.2 has it. */
function mergeQuery(form: Form, query: Form, queryNames: ReadonlySet<string>): Form {
  if ([...query.keys()].some((name) => bodyOnly.has(name)))
    throw new OAuthError('parameterInQuery');
  const read = [...query].filter(([name]) => queryNames.has(name));
  if (read.some(([name]) => form.has(name))) throw new OAuthError('parameterTwice');
  return new Map([...form, ...read]);
}

/** The parameter and the header say the same thing, or one of them is wrong. */
function readTenantId(given: readonly (string | undefined)[]): string | undefined {
  const ids = new Set(
    given
      .filter((id) => id !== undefined && id.trim() !== '')
      .map((id = '') => canonicalId(id.trim())),
  );
  const [id] = ids;
  if (id === undefined) return undefined;
  if (ids.size > 1 || !isUuid(id)) throw new OAuthError('invalidTenantId');
  return id;
}
