import { isJsonObject, type Json, type JsonObject } from '../../src/kernel/json.js';
import type { HttpAnswer } from '../support/http-client.js';

const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';
const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** An answer as it came over HTTP. `body` is undefined when there was none, or when it is no JSON. */
export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json | undefined;
}

/** The answer with its body read. */
export function readAnswer(answer: HttpAnswer): ScimAnswer {
  return { ...answer, body: parseJson(answer.text) };
}

/**
 * The rules that every answer of a SCIM server keeps, whatever was asked (RFC 7644 §3.1, §3.4.2, §3.12; rules 8
 * and 11 of the clients' page); empty when all hold.
 * @param isByCursor a list that is paged by cursor has no index (RFC 9865 §2)
 */
export function findBrokenRules(answer: ScimAnswer, isByCursor = false): readonly string[] {
  return [
    ...(answer.status >= 500 ? ['a client never meets a 5xx: some would retry for ever'] : []),
    ...findMediaTypeFaults(answer),
    ...(answer.status >= 400 ? findErrorFaults(answer) : findBodyFaults(answer.body, isByCursor)),
  ];
}

function findMediaTypeFaults({ status, headers, text, body }: ScimAnswer): readonly string[] {
  if (text === '') return [];
  const type = headers.get('content-type') ?? 'nothing';
  return [
    ...(/^application\/scim\+json(;|$)/.test(type) ? [] : [`the content type is ${type}`]),
    ...(body === undefined ? ['the body is no JSON'] : []),
    ...(status === 204 ? ['a 204 has no body'] : []),
  ];
}

function findErrorFaults({ status, body }: ScimAnswer): readonly string[] {
  if (!isJsonObject(body)) return ['an error has a body'];
  return [
    ...(hasSchema(body, errorUrn) ? [] : ['an error names the Error schema']),
    ...(body.status === String(status) ? [] : [`an error says its status as text: "${status}"`]),
  ];
}

function findBodyFaults(body: Json | undefined, isByCursor: boolean): readonly string[] {
  if (!isJsonObject(body)) return [];
  if (!hasSchema(body, listUrn)) return findResourceFaults(body);
  const { Resources: resources = [], itemsPerPage } = body;
  if (!Array.isArray(resources)) return ['Resources is a list'];
  const needed = ['totalResults', 'itemsPerPage', ...(isByCursor ? [] : ['startIndex'])];
  const counters = needed.filter((name) => !Number.isInteger(body[name]));
  return [
    ...(isByCursor && body.startIndex !== undefined ? ['there is no index beside a cursor'] : []),
    ...counters.map((name) => `${name} is an integer`),
    ...(itemsPerPage === resources.length
      ? []
      : [`itemsPerPage is ${resources.length}, the entries of this page`]),
    ...resources.flatMap((resource: Json) => findResourceFaults(resource)),
  ];
}

function findResourceFaults(resource: Json): readonly string[] {
  if (!isJsonObject(resource)) return ['a resource is an object'];
  return Object.hasOwn(resource, 'password') ? ['a password is never returned'] : [];
}

function hasSchema(body: JsonObject, urn: string): boolean {
  return Array.isArray(body.schemas) && body.schemas.includes(urn);
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
