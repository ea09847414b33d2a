import { expect } from '@jest/globals';
import type { ScimBody } from './scim-assertions.js';
import type { TestScimConnection } from './scim-connection.js';

const bulkRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

export function aBulk(operations: readonly object[], more: object = {}): object {
  return { schemas: [bulkRequestUrn], Operations: operations, ...more };
}

/** The operation that makes a resource. */
export function making(bulkId: string, path: string, data: object): object {
  return { method: 'POST', bulkId, path, data };
}

/** The answers of the operations of a request that is taken. */
export async function bulk(
  connection: TestScimConnection,
  operations: readonly object[],
  more: object = {},
): Promise<ScimBody> {
  const answer = await connection.scim('POST', '/Bulk', aBulk(operations, more));
  expect(answer).toMatchObject({ status: 200, body: { schemas: [bulkResponseUrn] } });
  return answer.body.Operations;
}

/** The statuses of the answers, by their bulkIds. */
export function statusesOf(answers: ScimBody): Record<string, string> {
  return Object.fromEntries(
    answers.map(({ bulkId, status }: { bulkId: string; status: string }) => [bulkId, status]),
  );
}

/** The id of the resource of each answer that has one, by the bulkIds. */
export function idsOf(answers: ScimBody): Record<string, string> {
  return Object.fromEntries(
    answers
      .filter(({ location }: { location?: string }) => location !== undefined)
      .map(({ bulkId, location }: { bulkId: string; location: string }) => [
        bulkId,
        location.slice(location.lastIndexOf('/') + 1),
      ]),
  );
}
