import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { TestResponse } from './app.js';
import type { TestScimConnection } from './scim-connection.js';

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const searchUrn = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** The parsed body of an answer. */
export type ScimBody = TestResponse['body'];

/** What a test sends; a user name of its own unless one is given. */
export function aUser(attributes: object = {}): object {
  return { schemas: [userUrn], userName: randomUUID(), ...attributes };
}

export function aGroup(attributes: object = {}): object {
  return { schemas: [groupUrn], displayName: randomUUID(), ...attributes };
}

export function aPatch(...operations: readonly object[]): object {
  return { schemas: [patchUrn], Operations: operations };
}

export function aSearch(request: object): object {
  return { schemas: [searchUrn], ...request };
}

/** The resource as the server answers its creation. */
export async function create(
  connection: TestScimConnection,
  endpoint: string,
  body: object,
): Promise<ScimBody> {
  const answer = await connection.scim('POST', `/${endpoint}`, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

/** The resource as it is read. */
export async function read(connection: TestScimConnection, path: string): Promise<ScimBody> {
  const answer = await connection.scim('GET', path);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

/** A list of tasks is no load test: no more than these are under way at once. */
const lanes = 8;

/** Does the work that often, some at once; the outcomes stand in the order of the numbers. */
export async function inLanes<Outcome>(
  many: number,
  work: (n: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const numbers = Array.from({ length: many }, (_, n) => n).values();
  const lane = async () => {
    for (const n of numbers) outcomes[n] = await work(n);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return outcomes;
}

/** The path of a list with its query, encoded as clients do it. */
export function listPath(
  endpoint: string,
  query: Readonly<Record<string, string | number>>,
): string {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/${endpoint}?${text.join('&')}`;
}

/** One value of each resource that a filter finds, in the order of the answer. */
export async function found(
  connection: TestScimConnection,
  endpoint: string,
  filter: string,
  attribute: 'userName' | 'displayName' | 'id' = 'userName',
): Promise<unknown[]> {
  const body = await read(connection, listPath(endpoint, { filter, attributes: attribute }));
  expect(body.totalResults).toBe(body.Resources.length);
  return body.Resources.map((resource: Readonly<Record<string, unknown>>) => resource[attribute]);
}

/** The shape of every refusal (RFC 7644 §3.12), nothing of the server's inside in it, and this status and type. */
export function expectScimError(answer: TestResponse, status: number, scimType?: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: {
      schemas: [errorUrn],
      status: String(status),
      detail: expect.stringMatching(/\S/),
      ...(scimType === undefined ? {} : { scimType }),
    },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json(;|$)/);
  expect(answer.text).not.toMatch(/node_modules|\.[jt]s:\d+|sqlite|postgres|\bselect\b.+\bfrom\b/i);
}

/** All that a tenant holds as its client sees it; equal texts before and after mean that nothing changed. */
export async function everythingIn(connection: TestScimConnection): Promise<string> {
  const lists = await Promise.all(
    ['/Users?count=200', '/Groups?count=200'].map((path) => connection.scim('GET', path)),
  );
  return lists.map(({ text }) => text).join('\n');
}
