import type { BenchRequest } from '../load.js';
import { newUserOf, type People } from '../people.js';
import { bulkCreates, bulkRow } from '../rows.js';
import type { Connection } from '../server.js';
import { basePath, type Scenario, type ScimRequests } from './scenario.js';

/** A request of a thousand creates costs about as much as so many people read by id. */
const bulkWeight = 400;
const idAtTheEnd = /\/Users\/([0-9a-f-]{36})$/;
const bodyCharactersShown = 500;

interface BulkAnswer {
  readonly Operations?: readonly {
    readonly bulkId?: string;
    readonly status?: string;
    readonly location?: string;
  }[];
}

/** Many people in one request (RFC 7644 §3.7). */
export function bulkScenario(scim: ScimRequests, people: People): Scenario {
  const next = (): BenchRequest => {
    const numbers = Array.from({ length: bulkCreates }, () => people.nextNumber());
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: numbers.map((number) => ({
        method: 'POST',
        path: '/Users',
        bulkId: String(number),
        data: newUserOf(number),
      })),
    };
    const read = (answer: string) => keepAll(people, numbers, answer);
    return { ...scim.to('POST', '/Bulk', body), read };
  };
  // The client waits for the answer, as one does that has more to send than a request may hold.
  return { name: bulkRow, weight: bulkWeight, atOnce: 1, next };
}

function keepAll(people: People, numbers: readonly number[], answer: string): void {
  const { Operations: operations = [] }: BulkAnswer = JSON.parse(answer);
  const ids = new Map(
    operations
      .filter(({ status }) => status === '201')
      .map(({ bulkId, location }) => [Number(bulkId), idAtTheEnd.exec(location ?? '')?.[1]]),
  );
  for (const number of numbers) {
    const id = ids.get(number);
    if (id === undefined)
      throw new Error(
        `Bulk did not create person ${number}: ${answer.slice(0, bodyCharactersShown)}`,
      );
    people.keep({ number, id });
  }
}

/** Whether the server says that it takes as many operations in a request (RFC 7643 §5). */
export async function isBulkServed(connection: Connection): Promise<boolean> {
  const { port, bearerToken } = connection;
  const answer = await fetch(`http://127.0.0.1:${port}${basePath}/ServiceProviderConfig`, {
    headers: { authorization: `Bearer ${bearerToken}` },
  });
  const told: { bulk?: { supported?: boolean; maxOperations?: number } } = JSON.parse(
    await answer.text(),
  );
  return told.bulk?.supported === true && (told.bulk.maxOperations ?? 0) >= bulkCreates;
}
