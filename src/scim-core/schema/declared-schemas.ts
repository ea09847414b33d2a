import { findMember, isJsonList, type JsonObject } from '../json.js';
import { badRequest } from '../scim-error.js';
import { isSameUrn } from './attribute.js';

/**
 * Checks that `schemas` of a body names the URN that its endpoint stands for (RFC 7643 §3, RFC 7644
 * §3.5.2). scimgateway and many scripts leave the member out; the endpoint implies it then. One
 * that is there and names something else is a body for another endpoint.
 *
 * Recorded in scimgateway/without-schemas.json.
 * @throws ScimError invalidSyntax
 */
export function requireSchema(body: JsonObject, urn: string): void {
  const schemas = findMember(body, 'schemas');
  if (schemas === undefined || namesSchema(schemas, urn)) return;
  throw badRequest('invalidSyntax', `"schemas" must be a list that names ${urn}.`);
}

function namesSchema(schemas: unknown, urn: string): boolean {
  if (!isJsonList(schemas)) return false;
  return schemas.some((named) => typeof named === 'string' && isSameUrn(named, urn));
}
